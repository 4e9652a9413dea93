# expect: does_not_load
# stage: load
# because: it is none
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "x-1-py3-none-any.whl": b"no wheel"})
