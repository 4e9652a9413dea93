"""The zips and data sets that this runner works on, as files: none is ever whole in memory on its way here."""

import asyncio
import contextlib
import hashlib
from collections import Counter, OrderedDict, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from services.runner.blobs.folder import BlobFolder
from services.runner.blobs.source import BlobSource
from shared.blobs import BlobAccessRefused, BlobStoreUnavailable

LIMIT_BYTES = 2 * 1024**3
ATTEMPTS = 5
"""Within a few seconds, in which a gateway is back that was started anew."""
FETCH_TIMEOUT_S = 900.0
"""For all of a blob."""


class BlobCache:
    """Blobs by SHA-256, in a temporary folder of this process, which has none whose content is another.

    One in use stays. When those that are not make the folder larger than its limit, the least recently used go first.
    """

    def __init__(self, source: BlobSource, limit_bytes: int = LIMIT_BYTES) -> None:
        self._source = source
        self._limit_bytes = limit_bytes
        self._folder = BlobFolder()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._users: Counter[str] = Counter()
        self._fetching: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @contextlib.asynccontextmanager
    async def use(self, sha256: str) -> AsyncIterator[Path]:
        """Yield a blob's file, fetched unless it is there. Raises BlobMissing or BlobStoreUnavailable."""
        path = self._folder.path / sha256
        self._users[sha256] += 1
        try:
            async with self._fetching[sha256]:  # once, whoever else wants it
                if sha256 not in self._sizes:
                    self._sizes[sha256] = await self._fetch(sha256, path)
            self._sizes.move_to_end(sha256)
            self._make_room()
            yield path
        finally:
            self._users[sha256] -= 1
            if not self._users[sha256]:
                del self._users[sha256]
                self._fetching.pop(sha256, None)
            self._make_room()

    async def _fetch(self, sha256: str, path: Path) -> int:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.2, max=3),
            retry=retry_if_exception(_may_pass),
            reraise=True,
        ):
            with attempt:
                return await self._fetch_once(sha256, path)
        raise AssertionError("unreachable: the last attempt raises")

    async def _fetch_once(self, sha256: str, path: Path) -> int:
        """Write a blob to a file and return its size; the file is there when all of it is, and is what it should be."""
        part, digest, size_bytes = path.with_suffix(".part"), hashlib.sha256(), 0
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S), contextlib.aclosing(self._source.read(sha256)) as chunks:
                with part.open("wb") as file:
                    async for chunk in chunks:
                        size_bytes += await asyncio.to_thread(file.write, chunk)
                        digest.update(chunk)
            if digest.hexdigest() != sha256:
                what = f"{size_bytes} bytes with the SHA-256 {digest.hexdigest()}"
                raise BlobStoreUnavailable(f"expected blob {sha256}, got {what}; is the store's copy damaged?")
            part.replace(path)
        except (OSError, TimeoutError) as error:
            raise BlobStoreUnavailable(f"cannot get all of blob {sha256}: {error!r}") from error
        finally:
            part.unlink(missing_ok=True)
        return size_bytes

    def _make_room(self) -> None:
        for sha256 in [each for each in self._sizes if each not in self._users]:
            if sum(self._sizes.values()) <= self._limit_bytes:
                return
            (self._folder.path / sha256).unlink()
            del self._sizes[sha256]


def _may_pass(error: BaseException) -> bool:
    """Return whether another attempt may help."""
    return isinstance(error, BlobStoreUnavailable) and not isinstance(error, BlobAccessRefused)
