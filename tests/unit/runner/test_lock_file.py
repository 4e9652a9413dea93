"""The lock by which an engine knows that its runner lives."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.runner.lock_file import LockTaken, hold_lock

HOLD = """
import sys, time
from pathlib import Path
from services.runner.lock_file import hold_lock
with hold_lock(Path(sys.argv[1]), "runner-1"):
    print("held", flush=True)
    time.sleep(3600)
"""


def is_free(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_the_lock_is_held_with_a_name_in_it_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "runner.lock"
    path.write_text("a runner of yesterday, with a longer name\n")

    with hold_lock(path, "runner-1"):
        assert path.read_text() == "runner-1\n"
        assert not is_free(path)

    assert is_free(path)


def test_the_lock_of_a_killed_runner_is_free(tmp_path: Path) -> None:
    path = tmp_path / "runner.lock"
    runner = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, env=os.environ)
    with runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"held\n"
        assert not is_free(path)
        runner.send_signal(signal.SIGKILL)

    assert path.read_text() == "runner-1\n"
    assert is_free(path)


def test_a_second_runner_is_told_whose_lock_it_is(tmp_path: Path) -> None:
    path = tmp_path / "runner.lock"

    with (
        hold_lock(path, "runner-1"),
        pytest.raises(LockTaken, match=r"ARENA_LOCK_FILE.*runner-1"),
        hold_lock(path, "runner-2"),
    ):
        pass


def test_without_a_path_nothing_is_locked(tmp_path: Path) -> None:
    with hold_lock(None, "runner-1"):
        pass

    assert list(tmp_path.iterdir()) == []
