# expect: refused
# reason: files
# because: files are limited
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, **{f"{number}.txt": b"" for number in range(10_000)}})
