# expect: refused
# reason: optimizer.py
# because: there is nothing to run
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({"folder/optimizer.py": b"x = 1"})
