# expect: refused
# reason: encrypted
# because: nobody has the password
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    data = bytearray(pack(HONEST))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)
