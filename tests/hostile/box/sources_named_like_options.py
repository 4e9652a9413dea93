# expect: does_not_load
# stage: load
# because: a name is a name: pip is given whole paths, and none is an option
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

SETUP = "raise SystemExit('built from its path')\n"


def build() -> bytes:
    return pack({**HONEST, "--index-url=http:--192.0.2.1-1.tar.gz": sdist("option-1", {"setup.py": SETUP})})
