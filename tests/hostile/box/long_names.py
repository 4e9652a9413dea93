# expect: refused
# reason: longer than
# because: no file system takes them
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "/".join(["x" * 200] * 30): b"1", "y" * 300: b"2"})
