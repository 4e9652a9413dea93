# expect: refused
# reason: not a zip
# because: half a zip is none
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack(HONEST)[:-30]
