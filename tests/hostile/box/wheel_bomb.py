# expect: does_not_load
# stage: load
# because: a wheel is unpacked within the same limits
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import wheel


def build() -> bytes:
    return pack({**HONEST, "bomb-1-py3-none-any.whl": wheel("bomb", {"bomb/zeros": bytes(300 * 2**20)})})
