# expect: refused
# because: one of two would be lost
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "a.txt": b"1", "./a.txt": b"2"})
