"""What of a file is in memory alone, and would be lost with the machine's power."""

import ctypes
import os
from pathlib import Path

import pytest

CACHESTAT = 451
"""The number of the system call on every architecture; Linux has it from 6.5 on."""


def unwritten_pages(file: Path) -> int:
    """Return how many pages of a file wait to be written to the disk, or are on their way; skips on an older Linux."""
    libc = ctypes.CDLL(None, use_errno=True)
    whole_file, found = (ctypes.c_uint64 * 2)(0, 0), (ctypes.c_uint64 * 5)()
    descriptor = os.open(file, os.O_RDONLY)
    try:
        if libc.syscall(CACHESTAT, descriptor, ctypes.byref(whole_file), ctypes.byref(found), 0) != 0:
            pytest.skip("this Linux does not tell which pages of a file are not written yet")
    finally:
        os.close(descriptor)
    _, dirty, writing, _, _ = found
    return int(dirty + writing)
