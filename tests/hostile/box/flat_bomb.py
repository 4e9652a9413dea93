# expect: refused
# reason: larger than
# because: unpacked it is too large
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "zeros": bytes(600 * 2**20)})
