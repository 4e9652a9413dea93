"""A lock by which an engine beside this runner knows that it lives: the kernel frees it, however the runner ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class LockTaken(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def hold_lock(path: Path | None, name: str) -> Iterator[None]:
    """Hold the lock on this file, with a name in it, as long as the block runs; without a path, do nothing.

    The name is written after the lock is taken, so whoever sees one and finds the file free knows that its holder has
    ended. Raises LockTaken or OSError.
    """
    if path is None:
        yield
        return
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockTaken(
                f"Expected nobody else to hold the lock {path} (ARENA_LOCK_FILE), found {path.read_text().strip()}; "
                "give each runner a file of its own."
            ) from error
        os.truncate(file.fileno(), 0)
        file.write(f"{name}\n")
        file.flush()
        yield
