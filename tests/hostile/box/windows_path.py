# expect: refused
# reason: not a relative path
# because: names have forward slashes
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "C:\\\\x.py": b"print(1)"})
