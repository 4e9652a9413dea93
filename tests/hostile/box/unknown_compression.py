# expect: refused
# because: it cannot be unpacked
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    data = bytearray(pack(HONEST))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + offset] = 97
    return bytes(data)
