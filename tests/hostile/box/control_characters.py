# expect: refused
# reason: control character
# because: a name can be shown
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "\x1b[31mred.txt": b"1"})
