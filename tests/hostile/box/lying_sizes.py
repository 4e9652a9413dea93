# expect: refused
# because: what the header says of sizes is not believed
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    data = bytearray(pack({**HONEST, "zeros": bytes(600 * 2**20)}))
    start = data.rindex(b"PK\x01\x02")
    data[start + 24 : start + 28] = (100).to_bytes(4, "little")
    return bytes(data)
