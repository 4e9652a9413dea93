"""The judge of the hostile set sees what a submission left listening, and not what the tests beside it listen on."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.support.hostile.residue import find_residue, without_containers

LISTEN = """
import os, socket, sys
if os.fork():
    sys.exit()
os.setsid()
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


def address_of(port: int) -> str:
    """A port of the loopback interface as the kernel writes it."""
    return f"0100007F:{port:04X}"


def listening(folder: Path) -> list[str]:
    return find_residue(folder)["listening sockets"]


def test_what_a_test_listens_on_is_no_residue(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert address_of(server.getsockname()[1]) not in listening(tmp_path)


def test_what_nobody_here_has_started_is_residue_while_it_listens(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        starter.wait()  # so that nobody here is an ancestor of what it has left
        assert starter.stdout is not None
        address = address_of(int(starter.stdout.readline()))

        found = listening(tmp_path)

    assert address in found


def test_what_belongs_to_a_container_is_residue_when_the_container_is_gone(tmp_path: Path) -> None:
    here, gone = "a" * 64, "b" * 64
    for each in (here, gone):
        (tmp_path / "containers" / each).mkdir(parents=True)

    left = without_containers(find_residue(tmp_path), {here})["folders of containers that are gone"]

    assert str(tmp_path / "containers" / gone) in left
    assert not any(here in each for each in left)
