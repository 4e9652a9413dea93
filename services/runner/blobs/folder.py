"""The temporary folder of a runner's blobs, which does not outlive the runner for long, however that ends."""

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

PREFIX = "arena-blobs-"


class BlobFolder:
    """A folder of this process, which has its lock. One whose lock nobody has is a killed runner's, and is removed."""

    def __init__(self) -> None:
        for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            _remove_unless_locked(left)
        self._temporary, lock = _make()
        weakref.finalize(self, os.close, lock)

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self._temporary.name)


def _make() -> "tuple[tempfile.TemporaryDirectory[str], int]":
    """Return a new folder and the open descriptor that has its lock."""
    while True:
        made = tempfile.TemporaryDirectory(prefix=PREFIX)
        # Another runner that starts at this moment may take it for left behind, and remove it.
        try:
            lock = os.open(made.name, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if Path(made.name).exists():
            return made, lock
        os.close(lock)


def _remove_unless_locked(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # no folder, or another user's
        return
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # its runner lives
    finally:
        os.close(lock)
