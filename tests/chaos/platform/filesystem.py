"""A small filesystem that can be filled and freed: a file with ext4 in it, mounted by a loop device.

Whoever is killed leaves it mounted; the next one that makes such a filesystem removes what nobody holds any more.
"""

import contextlib
import errno
import fcntl
import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import LIMIT_S

HOME = Path(tempfile.gettempdir()) / "arena-small-filesystems"
MEBIBYTE = 1024**2
SMALLEST_PIECE_BYTES = 4096


@dataclass(frozen=True)
class Filesystem:
    """A mounted filesystem. `folder` belongs to whoever uses it, and what fills the rest is beside it."""

    mounted: Path

    @property
    def folder(self) -> Path:
        """Return where the data go."""
        return self.mounted / "data"

    @property
    def free_bytes(self) -> int:
        """Return how much more can be written."""
        found = os.statvfs(self.mounted)
        return found.f_bavail * found.f_frsize

    def fill(self, leave_bytes: int = 0) -> None:
        """Take all that is free but so much; called again, it takes what has become free meanwhile."""
        piece = max(self.free_bytes - leave_bytes, 0)
        while piece >= SMALLEST_PIECE_BYTES and self.free_bytes > leave_bytes:
            try:
                _allocate(self.mounted / f"filling-{uuid.uuid4().hex}", piece)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                piece //= 2
            else:
                piece = min(piece, self.free_bytes - leave_bytes)

    def free(self) -> None:
        """Give back what `fill` took."""
        for each in self.mounted.glob("filling-*"):
            each.unlink()


def _allocate(path: Path, size_bytes: int) -> None:
    with path.open("wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, size_bytes)
        except OSError:
            path.unlink()
            raise


@contextlib.contextmanager
def small_filesystem(size_bytes: int, owner: int | None = None) -> Iterator[Filesystem]:
    """Yield an empty filesystem of this size, whose folder belongs to the user with this number; it is gone at the end.

    Needs root.
    """
    HOME.mkdir(exist_ok=True)
    _remove_leftovers()
    image = HOME / f"{uuid.uuid4().hex}.ext4"
    with _claimed(image) as file:
        os.truncate(file, size_bytes)
        _run("mkfs.ext4", "-q", "-m", "0", "-F", str(image))
        mounted = image.with_suffix("")
        mounted.mkdir()
        _run("mount", "-o", "loop", str(image), str(mounted))
        try:
            filesystem = Filesystem(mounted)
            filesystem.folder.mkdir()
            if owner is not None:
                os.chown(filesystem.folder, owner, owner)
            yield filesystem
        finally:
            _remove(image)


@contextlib.contextmanager
def _claimed(image: Path) -> Iterator[int]:
    """Hold a lock on the file, which the kernel frees however this process ends."""
    with image.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _remove_leftovers() -> None:
    for image in HOME.glob("*.ext4"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError), image.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(image)


def _remove(image: Path) -> None:
    mounted = image.with_suffix("")
    if os.path.ismount(mounted):
        _run("umount", "--lazy", str(mounted))  # a container that still ends may be on it
    with contextlib.suppress(FileNotFoundError):
        mounted.rmdir()
    image.unlink(missing_ok=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_S)
