# expect: refused
# reason: but for upper and lower case
# because: not every file system tells them apart
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "Data.txt": b"1", "data.TXT": b"2"})
