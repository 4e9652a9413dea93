# expect: scored
# because: metadata of 4 MB cost the team's own time and memory
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

SETUP = "from setuptools import setup\nsetup(name='huge', version='1', py_modules=[], description='d', long_description='x' * 4_000_000)\n"


def build() -> bytes:
    return pack({**HONEST, "huge-1.tar.gz": sdist("huge-1", {"setup.py": SETUP})})
