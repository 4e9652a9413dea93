"""Limits of every study's containers beside those of its phase; the rules page shows those of the optimizer."""

OPEN_FILES_LIMIT = 1024
INODES_LIMIT = 50_000
"""Files and folders, in each of the two places where the optimizer may write."""
SHARED_MEMORY_BYTES = 64 * 1024**2
BLACKBOX_MEMORY_BYTES = 4 * 1024**3
"""Of the black box's container."""
