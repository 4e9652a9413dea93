# expect: does_not_load
# stage: load
# because: a backend that names a wheel elsewhere gets none of it installed
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
BACKEND = """
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return "../../../../../etc/passwd"
"""


def build() -> bytes:
    return pack({**HONEST, "own-1.tar.gz": sdist("own-1", {"pyproject.toml": PYPROJECT, "own.py": BACKEND})})
