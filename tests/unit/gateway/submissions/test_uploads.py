"""An upload goes from the disk to the blob store, whatever its size."""

import hashlib
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from fastapi import UploadFile

from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip
from arena.words.limits import Limits
from services.gateway.problems import Problem
from services.gateway.submissions.uploads import check_upload, hash_upload, store_upload
from shared.blobs import Blobs

MEGABYTE = 1024 * 1024
MEMORY_LIMIT_BYTES = 8 * MEGABYTE
LIMITS = Limits(zip_limit_bytes=64 * MEGABYTE, unpacked_limit_bytes=64 * MEGABYTE)


def write_zip(path: Path, megabytes: int) -> str:
    """Write a zip of so many random megabytes; returns its SHA-256."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("optimizer.py", b"class Optimizer: ...")
        with archive.open("weights.bin", "w") as member:
            for _ in range(megabytes):
                member.write(os.urandom(MEGABYTE))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def test_memory_does_not_grow_with_an_upload(tmp_path: Path) -> None:
    sha256 = write_zip(tmp_path / "large.zip", 40)
    with (tmp_path / "large.zip").open("rb") as file:
        tracemalloc.start()

        upload = await hash_upload(UploadFile(file))
        await check_upload(upload, LIMITS)
        await store_upload(upload, Blobs(f"file://{tmp_path}/blobs"))

        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (upload.sha256, upload.size_bytes) == (sha256, (tmp_path / "large.zip").stat().st_size)
    assert (tmp_path / "blobs" / sha256).read_bytes() == (tmp_path / "large.zip").read_bytes()
    assert peak_bytes < MEMORY_LIMIT_BYTES


async def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with (tmp_path / "no.zip").open("rb") as file, pytest.raises(Problem, match="not a zip"):
        await check_upload(await hash_upload(UploadFile(file)), LIMITS)


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    write_zip(tmp_path / "large.zip", 1)
    with (tmp_path / "large.zip").open("rb") as file, pytest.raises(InvalidZip, match="larger"):
        check_zip(file, ZipLimits(packed_bytes=1000))
