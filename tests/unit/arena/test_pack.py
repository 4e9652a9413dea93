"""Packing a folder: what is known by its hash has to be the same bytes each time."""

import os
from pathlib import Path

from arena.client import read_zip


def test_the_same_files_are_packed_into_the_same_bytes_whenever_they_were_written(tmp_path: Path) -> None:
    zips = []
    for when in (1_000_000_000, 1_700_000_000):
        (tmp_path / "optimizer.py").write_text("class Optimizer: ...")
        os.utime(tmp_path / "optimizer.py", (when, when))
        zips.append(read_zip(tmp_path))

    assert zips[0] == zips[1]
