# expect: process_died
# stage: load
# because: the harness does not start without it
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import wheel


def build() -> bytes:
    return pack({**HONEST, "numpy-9-py3-none-any.whl": wheel("numpy", {"numpy/__init__.py": b"raise ImportError"})})
