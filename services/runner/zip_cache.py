"""The zips that this runner works on, as files: no zip is ever whole in memory."""

import asyncio
import contextlib
import tempfile
from collections import Counter, OrderedDict, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

from shared.blobs import Blobs

LIMIT_BYTES = 2 * 1024**3


class ZipCache:
    """Zips by SHA-256, in a temporary folder of this process.

    One in use stays. When those that are not make the folder larger than its limit, the least recently used go first.
    """

    def __init__(self, blobs: Blobs, limit_bytes: int = LIMIT_BYTES) -> None:
        self._blobs = blobs
        self._limit_bytes = limit_bytes
        self._folder = tempfile.TemporaryDirectory(prefix="arena-zips-")
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._users: Counter[str] = Counter()
        self._fetching: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @contextlib.asynccontextmanager
    async def use(self, sha256: str) -> AsyncIterator[Path]:
        """Yield a zip's file, fetched unless it is there. Raises BlobMissing or BlobStoreUnavailable."""
        path = Path(self._folder.name) / sha256
        self._users[sha256] += 1
        try:
            async with self._fetching[sha256]:  # once, whoever else wants it
                if sha256 not in self._sizes:
                    self._sizes[sha256] = await self._blobs.download(sha256, path)
            self._sizes.move_to_end(sha256)
            self._make_room()
            yield path
        finally:
            self._users[sha256] -= 1
            if not self._users[sha256]:
                del self._users[sha256]
                self._fetching.pop(sha256, None)
            self._make_room()

    def _make_room(self) -> None:
        for sha256 in [each for each in self._sizes if each not in self._users]:
            if sum(self._sizes.values()) <= self._limit_bytes:
                return
            (Path(self._folder.name) / sha256).unlink()
            del self._sizes[sha256]
