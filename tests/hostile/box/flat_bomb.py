# expect: refused
# reason: larger than
# because: unpacked it is too large
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "zeros": bytes(600 * 2**20)})
