# expect: refused
# because: names are UTF-8
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    data = pack({**HONEST, "\u00e9\u00e9.txt": b"1"})
    return data.replace("\u00e9\u00e9".encode(), b"\xff\xfe\xff\xfe")
