# expect: does_not_load
# stage: load
# because: a build backend of the team's own runs in its container, which is closed
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import sdist

PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
BACKEND = """
import os, socket
for folder in ("/", "/etc", "/opt/arena", "/opt/venv", "/usr/lib"):
    try: open(os.path.join(folder, "note"), "w")
    except OSError: continue
    os._exit(66)
try: socket.create_connection(("192.0.2.1", 80), 1)
except OSError: pass
else: os._exit(66)
raise SystemExit("all closed")
"""


def build() -> bytes:
    return pack({**HONEST, "own-1.tar.gz": sdist("own-1", {"pyproject.toml": PYPROJECT, "own.py": BACKEND})})
