"""The blob store: uploaded zips under their SHA-256, on `file://` or `s3://` (obstore speaks both)."""

import asyncio
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlparse

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, from_url

PARTS_AT_ONCE = 2
"""Parts of 5 MiB that are on their way to the store at a time."""
CHUNK_BYTES = 1024**2


class BlobMissing(Exception):
    """The store has no blob of this name."""


class BlobStoreUnavailable(Exception):
    """The store did not answer; try again later."""


class Blobs:
    """A blob's name is its content's SHA-256 in hex, so a blob never changes and may be put twice."""

    def __init__(self, url: str) -> None:
        if url.startswith("file://"):
            Path(urlparse(url).path).mkdir(parents=True, exist_ok=True)
        self._store: ObjectStore = from_url(url)

    async def put(self, sha256: str, content: bytes | Path | BinaryIO) -> None:
        """Store a blob; a reader sees all of it or nothing. Of a file, PARTS_AT_ONCE parts are in memory at a time.

        Raises BlobStoreUnavailable.
        """
        try:
            await obstore.put_async(self._store, sha256, content, max_concurrency=PARTS_AT_ONCE)
        except BaseError as error:
            raise BlobStoreUnavailable(f"cannot put blob {sha256}: {error}") from error

    async def get(self, sha256: str) -> bytes:
        """Return a blob. Raises BlobMissing or BlobStoreUnavailable."""
        answer = await self._open(sha256)
        try:
            return bytes(await answer.bytes_async())
        except BaseError as error:
            raise BlobStoreUnavailable(f"cannot get blob {sha256}: {error}") from error

    async def download(self, sha256: str, path: Path) -> int:
        """Write a blob to a file and return its size; the file is there when all of it is, and a chunk in memory.

        Raises BlobMissing or BlobStoreUnavailable.
        """
        part, size_bytes = path.with_suffix(".part"), 0
        answer = await self._open(sha256)
        try:
            with part.open("wb") as file:
                async for chunk in answer.stream(min_chunk_size=CHUNK_BYTES):
                    size_bytes += await asyncio.to_thread(file.write, chunk)
            part.replace(path)
        except (BaseError, OSError) as error:
            raise BlobStoreUnavailable(f"cannot get all of blob {sha256}: {error}") from error
        finally:
            part.unlink(missing_ok=True)
        return size_bytes

    async def _open(self, sha256: str) -> "obstore.GetResult":  # which only its stubs have
        try:
            return await obstore.get_async(self._store, sha256)
        except (FileNotFoundError, NotFoundError) as error:
            raise BlobMissing(f"there is no blob {sha256}") from error
        except BaseError as error:
            raise BlobStoreUnavailable(f"cannot get blob {sha256}: {error}") from error

    async def check(self) -> str | None:
        """Return why the store cannot be used, or None."""
        try:
            await obstore.head_async(self._store, "0" * 64)
        except (FileNotFoundError, NotFoundError):
            return None
        except BaseError as error:
            return f"the blob store does not answer: {error}"
        return None
