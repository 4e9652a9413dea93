# expect: does_not_load
# stage: load
# because: pip, too, stays in its folder
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import wheel


def build() -> bytes:
    return pack({**HONEST, "evil-1-py3-none-any.whl": wheel("evil", {"../../../../tmp/arena-note": b"x"})})
