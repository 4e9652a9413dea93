# expect: protocol_broken
# stage: load
# because: what a build writes to the harness's descriptors is no answer
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

SETUP = """
import os
for name in os.listdir("/proc/1/fd"):
    try:
        if os.readlink(f"/proc/1/fd/{name}").startswith("pipe:"):
            os.write(os.open(f"/proc/1/fd/{name}", os.O_WRONLY | os.O_NONBLOCK), b'{"id": 9, "points": []}\\n' * 9)
    except OSError: pass
from setuptools import setup
setup(name="writer", version="1", py_modules=[])
"""


def build() -> bytes:
    return pack({**HONEST, "writer-1.tar.gz": sdist("writer-1", {"setup.py": SETUP})})
