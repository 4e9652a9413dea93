# expect: refused
# reason: optimizer.py
# because: there is nothing to run
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({"folder/optimizer.py": b"x = 1"})
