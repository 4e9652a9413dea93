# expect: refused
# reason: not a zip
# because: it is none
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return b""
