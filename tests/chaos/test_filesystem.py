"""The small filesystem of the tests: it gets full, has room again, and outlives nobody."""

import os
import signal
import subprocess
import sys

import pytest

from tests.chaos.platform.filesystem import HOME, MEBIBYTE, small_filesystem
from tests.support.stack import ROOT

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a filesystem needs root")
KILLED = """
import os, signal
from tests.chaos.platform.filesystem import MEBIBYTE, small_filesystem
with small_filesystem(16 * MEBIBYTE) as filesystem:
    print(filesystem.mounted, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_full_filesystem_takes_nothing_until_it_is_freed() -> None:
    with small_filesystem(16 * MEBIBYTE) as filesystem:
        file = filesystem.folder / "file"
        filesystem.fill()
        with pytest.raises(OSError, match="No space left on device"):
            file.write_bytes(b"x" * MEBIBYTE)

        filesystem.free()

        assert file.write_bytes(b"x" * MEBIBYTE) == MEBIBYTE


def test_a_filesystem_is_filled_up_to_what_is_to_be_left() -> None:
    with small_filesystem(32 * MEBIBYTE) as filesystem:
        filesystem.fill(leave_bytes=5 * MEBIBYTE)

        assert 4 * MEBIBYTE <= filesystem.free_bytes <= 5 * MEBIBYTE


def test_what_a_killed_process_left_mounted_is_removed_by_the_next_one() -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    left = killed.stdout.strip()
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert os.path.ismount(left)

    with small_filesystem(16 * MEBIBYTE) as filesystem:
        mounts = [str(each) for each in HOME.iterdir() if each.is_dir() and os.path.ismount(each)]

        assert left not in mounts
        assert str(filesystem.mounted) in mounts
