# expect: scored
# because: what a wheel requires is not fetched
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import wheel


def build() -> bytes:
    return pack({**HONEST, "needy-1-py3-none-any.whl": wheel("needy", {"needy.py": b""}, "requests>=99")})
