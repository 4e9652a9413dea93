# expect: refused
# reason: not a relative path
# because: names have forward slashes
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "C:\\\\x.py": b"print(1)"})
