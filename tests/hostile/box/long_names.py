# expect: refused
# reason: longer than
# because: no file system takes them
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "/".join(["x" * 200] * 30): b"1", "y" * 300: b"2"})
