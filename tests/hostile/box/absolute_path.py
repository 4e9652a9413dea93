# expect: refused
# reason: not a relative path
# because: names are relative
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "/opt/arena/main.py": b"print(1)"})
