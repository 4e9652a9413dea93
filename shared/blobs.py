"""The blob store: zips and data sets under their SHA-256, on `file://` or `s3://` (obstore speaks both).

For `s3://`, obstore reads the AWS_* variables of the environment, which every S3 client reads.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, from_url

PARTS_AT_ONCE = 2
"""Parts of 5 MiB that are on their way to the store at a time."""
CHUNK_BYTES = 1024**2
CONNECT_TIMEOUT = timedelta(seconds=5)
REQUEST_TIMEOUT = timedelta(minutes=10)
"""For all of a blob, which may have 500 MB; by default it would be 30 s."""
RETRIES, RETRY_TIMEOUT = 3, timedelta(seconds=10)
PIECE_TIMEOUT_S = 60.0
ROOM_BYTES = 16 * 1024**2
"""With less free disk, a zip of the usual size may not fit any more."""
NO_BLOB = "0" * 64
"""The name of a blob that nobody has, for asking whether a store answers."""
ABSENT = (FileNotFoundError, NotFoundError)
FAILED = (BaseError, OSError, ValueError)
"""The last for a URL that is none."""
NO_BUCKET = "NoSuchBucket"
S3_REASON = re.compile(r"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", re.DOTALL)


class BlobMissing(Exception):
    """The store has no blob of this name."""


class BlobStoreUnavailable(Exception):
    """The store did not answer, or not with what was asked for; try again later."""


class BlobAccessRefused(BlobStoreUnavailable):
    """The store refuses, or is not trusted: asking again helps when somebody has changed a setting."""


@dataclass(frozen=True)
class OpenBlob:
    """A blob that is on its way: how long it is, and its content, a piece at a time."""

    size_bytes: int
    chunks: AsyncIterator[bytes]


class Blobs:
    """A blob's name is its content's SHA-256 in hex, so a blob never changes and may be put twice."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: ObjectStore | None = None

    def _store(self) -> ObjectStore:
        """Return the store; one that cannot be opened yet, such as a folder that cannot be made, is tried again."""
        if self._opened is None:
            self._opened = _open_store(self._url)
        return self._opened

    async def put(self, sha256: str, content: bytes | Path | BinaryIO) -> None:
        """Store a blob; a reader sees all of it or nothing. Of a file, PARTS_AT_ONCE parts are in memory at a time.

        When this returns, the blob outlives a loss of power. Raises BlobStoreUnavailable.
        """
        try:
            await obstore.put_async(self._store(), sha256, content, max_concurrency=PARTS_AT_ONCE)
            if self._url.startswith("file://"):
                await asyncio.to_thread(_write_through, Path(unquote(urlsplit(self._url).path)), sha256)
        except FAILED as error:
            raise BlobStoreUnavailable(f"cannot put blob {sha256}: {_reason(error)}") from error

    async def open(self, sha256: str) -> OpenBlob:
        """Return a blob, of which a piece is in memory at a time. Raises BlobMissing or BlobStoreUnavailable."""
        try:
            async with asyncio.timeout(PIECE_TIMEOUT_S):
                answer = await obstore.get_async(self._store(), sha256)
        except FAILED as error:
            if isinstance(error, ABSENT) and NO_BUCKET not in str(error):
                raise BlobMissing(f"there is no blob {sha256}") from error
            raise BlobStoreUnavailable(f"cannot get blob {sha256}: {_reason(error)}") from error
        return OpenBlob(answer.meta["size"], _chunks(sha256, answer))

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        """Yield a blob's content. Raises BlobMissing or BlobStoreUnavailable, also when a part was yielded."""
        blob = await self.open(sha256)
        async for chunk in blob.chunks:
            yield chunk

    async def delete_old(self, sha256: str, age: timedelta) -> bool:
        """Delete a blob that was put longer ago than this; returns whether it is gone. Raises BlobStoreUnavailable."""
        try:
            found = await obstore.head_async(self._store(), sha256)
            if found["last_modified"] > datetime.now(UTC) - age:
                return False
            await obstore.delete_async(self._store(), sha256)
        except ABSENT:
            return True
        except FAILED as error:
            raise BlobStoreUnavailable(f"cannot delete blob {sha256}: {_reason(error)}") from error
        return True

    async def check(self) -> str | None:
        """Return why the store cannot be used, or None."""
        try:
            await self.open(NO_BLOB)
        except BlobMissing:
            return None
        except BlobStoreUnavailable as error:
            what = "ARENA_BLOB_URL" if self._url.startswith("file://") else "ARENA_BLOB_URL and the AWS_ variables"
            return f"the blob store {self._url} cannot be used: {_reason(error.__cause__)}; check {what}"
        return None

    async def check_room(self) -> str | None:
        """Return why nothing can be put into the store, or None; how much room one on S3 has, nobody says."""
        if reason := await self.check():
            return reason
        if not self._url.startswith("file://"):
            return None
        free_bytes = shutil.disk_usage(urlsplit(self._url).path).free
        if free_bytes >= ROOM_BYTES:
            return None
        return f"the disk of the blob store {self._url} is full: expected {ROOM_BYTES} bytes free, got {free_bytes}"


def _write_through(folder: Path, name: str) -> None:
    """Have the disk write a file and its name, which obstore leaves to the kernel's next half minute."""
    for path in (folder / name, folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _open_store(url: str) -> ObjectStore:
    if url.startswith("file://"):
        return from_url(url, mkdir=True)
    return from_url(
        url,
        # These replace AWS_ALLOW_HTTP and its like. http:// is what AWS_ENDPOINT_URL says, or it is not used.
        client_options={"connect_timeout": CONNECT_TIMEOUT, "timeout": REQUEST_TIMEOUT, "allow_http": True},
        retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_TIMEOUT},
    )


async def _chunks(sha256: str, answer: "obstore.GetResult") -> AsyncIterator[bytes]:  # which only its stubs have
    try:
        pieces = aiter(answer.stream(min_chunk_size=CHUNK_BYTES))
        while True:
            async with asyncio.timeout(PIECE_TIMEOUT_S):  # obstore waits for ever for the end of a file that was cut
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield bytes(piece)
    except FAILED as error:  # a TimeoutError, too
        raise BlobStoreUnavailable(f"cannot get all of blob {sha256}: {_reason(error)}") from error


def _reason(error: BaseException | None) -> str:
    """Return what an S3 server says, else what obstore does above many lines of Rust's own description."""
    if found := S3_REASON.search(str(error)):
        return f"{found[1]}: {found[2].rstrip('.')}"
    return str(error).partition("\n")[0] or type(error).__name__
