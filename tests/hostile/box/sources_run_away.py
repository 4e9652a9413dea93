# expect: scored
# because: what a build leaves running ends with its container, and reads and answers nothing
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

SETUP = """
import os, sys, time
from setuptools import setup
print(repr(sys.stdin.read()))
for descriptor in range(3, 30):
    try: os.write(descriptor, b'{"id": 1}\\n' * 9)
    except OSError: pass
if os.fork() == 0:
    os.setsid()
    os.closerange(0, 30)
    while True: time.sleep(1)
setup(name="away", version="1", py_modules=[])
"""


def build() -> bytes:
    return pack({**HONEST, "away-1.tar.gz": sdist("away-1", {"setup.py": SETUP})})
