# expect: refused
# reason: control character
# because: a name can be shown
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "\x1b[31mred.txt": b"1"})
