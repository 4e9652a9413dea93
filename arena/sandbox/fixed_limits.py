"""Limits of every study's containers beside those of its phase; the rules page shows those of the optimizer."""

from arena.words.limits import Limits

OPEN_FILES_LIMIT = 1024
INODES_LIMIT = 50_000
"""Files and folders, in each of the two places where the optimizer may write."""
SHARED_MEMORY_BYTES = 64 * 1024**2
BLACKBOX_MEMORY_BYTES = 4 * 1024**3
"""Of the black box's container."""
LEAST_LIMIT_BYTES = 2 * 1024**3
"""An optimizer's memory counts as so much where it may have less."""


def study_memory_bytes(limits: Limits) -> int:
    """Return how much memory a study takes in both its containers, as classes of shards count it.

    The optimizer's limit is rounded up to 2, 4, 8, ... GiB, so that there are few classes. The database's function
    `study_memory_mib` computes the same.
    """
    rounded = LEAST_LIMIT_BYTES
    while rounded < limits.memory_limit_bytes:
        rounded *= 2
    return rounded + BLACKBOX_MEMORY_BYTES
