# expect: does_not_load
# stage: load
# because: sources are unpacked within the same limits
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist


def build() -> bytes:
    return pack({**HONEST, "bomb-1.tar.gz": sdist("bomb-1", {"setup.py": "", "zeros": "0" * (300 * 2**20)})})
