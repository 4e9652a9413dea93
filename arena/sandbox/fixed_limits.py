"""Limits of every optimizer's container beside those of its phase: the runner sets them, the rules page shows them."""

OPEN_FILES_LIMIT = 1024
INODES_LIMIT = 50_000
"""Files and folders, in each of the two places where the optimizer may write."""
SHARED_MEMORY_BYTES = 64 * 1024**2
