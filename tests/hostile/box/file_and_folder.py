# expect: refused
# reason: a file and a folder
# because: it cannot be both
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "a": b"1", "a/b": b"2"})
