"""Hashes, validates and stores uploaded zips from disk, never holding a whole zip in memory."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import UploadFile
from prometheus_client import Counter

from arena.rules.arena_toml import read_environment
from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip, say_too_large
from arena.words.limits import Limits
from arena.words.problems import ProblemCode
from services.gateway.problems import Problem
from shared.blobs import Blobs

CHUNK_BYTES = 1024 * 1024
REFUSED = Counter("arena_submissions_refused", "Zips refused")


@dataclass(frozen=True)
class HashedUpload:
    """An upload in a temporary file, with its SHA-256. The file is deleted when the request ends."""

    file: BinaryIO
    sha256: str
    size_bytes: int


async def hash_upload(upload: UploadFile) -> HashedUpload:
    """Return an upload with its hash. The server has already written it to disk unless it is small."""
    return await asyncio.to_thread(_hash, upload.file)


def _hash(file: BinaryIO) -> HashedUpload:
    file.seek(0)
    sha256 = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        sha256.update(chunk)
    return HashedUpload(file, sha256.hexdigest(), file.tell())


async def check_upload(upload: HashedUpload, limits: Limits) -> str | None:
    """Validate a zip by its phase's limits; returns the environment that its arena.toml names.

    Raises Problem 413 if it is too large, 422 if it is invalid.
    """
    if upload.size_bytes > limits.zip_limit_bytes:
        REFUSED.inc()
        raise Problem(
            ProblemCode.REQUEST_TOO_LARGE, say_too_large(limits.zip_limit_bytes), limit_bytes=limits.zip_limit_bytes
        )
    allowed = ZipLimits(limits.zip_limit_bytes, limits.unpacked_limit_bytes)
    try:
        return await asyncio.to_thread(_check, upload.file, allowed)
    except InvalidZip as reason:
        REFUSED.inc()
        raise Problem(ProblemCode.INVALID_ZIP, str(reason)) from reason


def _check(file: BinaryIO, allowed: ZipLimits) -> str | None:
    check_zip(file, allowed)
    return read_environment(file)


async def store_upload(upload: HashedUpload, blobs: Blobs) -> None:
    """Store a zip that was checked under its SHA-256."""
    upload.file.seek(0)
    await blobs.put(upload.sha256, upload.file)
