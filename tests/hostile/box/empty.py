# expect: refused
# reason: not a zip
# because: it is none
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return b""
