# expect: does_not_load
# stage: load
# because: a build may write where its container may, and no further
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

SETUP = """
import os
for folder in ("/", "/etc", "/opt/arena", "/opt/venv", "/usr/lib", "/var/tmp"):
    try: open(os.path.join(folder, "note"), "w")
    except OSError: continue
    os._exit(66)
raise SystemExit("all closed")
"""


def build() -> bytes:
    return pack({**HONEST, "everywhere-1.tar.gz": sdist("everywhere-1", {"setup.py": SETUP})})
