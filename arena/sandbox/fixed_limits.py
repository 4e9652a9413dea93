"""What limits every optimizer's container beside its phase's limits: the runner sets it, the rules page tells it."""

OPEN_FILES_LIMIT = 1024
INODES_LIMIT = 50_000
"""Files and folders, in each of the two places where the optimizer may write."""
SHARED_MEMORY_BYTES = 64 * 1024**2
