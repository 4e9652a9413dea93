# expect: does_not_load
# stage: load
# because: what sources need for their build is taken from the environment, and nothing is fetched
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

PYPROJECT = '[build-system]\nrequires = ["arena-is-not-there @ https://192.0.2.1/a.whl"]\nbuild-backend = "arena_is_not_there"\n'


def build() -> bytes:
    return pack({**HONEST, "far-1.tar.gz": sdist("far-1", {"pyproject.toml": PYPROJECT})})
