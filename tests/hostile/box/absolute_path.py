# expect: refused
# reason: not a relative path
# because: names are relative
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "/opt/arena/main.py": b"print(1)"})
