"""The judge of the hostile set sees what a submission left listening, and not what the tests beside it listen on."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.support.hostile.residue import find_residue

LISTEN = """
import os, socket, sys
if os.fork():
    sys.exit()
os.setsid()
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


def listening(folder: Path) -> object:
    return find_residue(folder, set())["listening sockets"]


def test_what_a_test_listens_on_is_no_residue(tmp_path: Path) -> None:
    before = listening(tmp_path)

    with socket.create_server(("127.0.0.1", 0)):
        assert listening(tmp_path) == before


def test_what_nobody_here_has_started_is_residue_while_it_listens(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        starter.wait()  # so that nobody here is an ancestor of what it has left
        assert starter.stdout is not None
        address = f"0100007F:{int(starter.stdout.readline()):04X}"

        found = listening(tmp_path)

    assert isinstance(found, list)
    assert address in found
