# expect: does_not_load
# stage: load
# because: it is none
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "x-1-py3-none-any.whl": b"no wheel"})
