# expect: scored
# because: a zip within the zip is a file as any other
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    inner = pack({"zeros": bytes(50 * 2**20)})
    middle = pack({f"{number}.zip": inner for number in range(20)})
    return pack({**HONEST, **{f"{number}.zip": middle for number in range(20)}})
