# expect: refused
# reason: not a zip
# because: half a zip is none
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack(HONEST)[:-30]
