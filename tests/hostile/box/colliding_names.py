# expect: refused
# because: one of two would be lost
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "a.txt": b"1", "./a.txt": b"2"})
