"""Zips are fetched once, stay while a shard uses them, and go when there are too many."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from services.runner.zip_cache import ZipCache
from shared.blobs import BlobMissing, Blobs

SIZE_BYTES = 3_000_000


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(f"file://{tmp_path}/blobs")


async def put(blobs: Blobs, letter: bytes) -> str:
    content = letter * SIZE_BYTES
    sha256 = hashlib.sha256(content).hexdigest()
    await blobs.put(sha256, content)
    return sha256


async def test_a_zip_is_a_file_with_all_of_its_content(blobs: Blobs) -> None:
    async with ZipCache(blobs).use(await put(blobs, b"a")) as path:
        assert path.read_bytes() == b"a" * SIZE_BYTES
        assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_a_zip_that_was_used_is_not_fetched_again(blobs: Blobs, tmp_path: Path) -> None:
    sha256, cache = await put(blobs, b"a"), ZipCache(blobs)
    async with cache.use(sha256):
        pass
    (tmp_path / "blobs" / sha256).unlink()

    async with cache.use(sha256) as path:
        assert path.stat().st_size == SIZE_BYTES


async def test_shards_that_want_the_same_zip_at_once_get_it(blobs: Blobs) -> None:
    sha256, cache = await put(blobs, b"a"), ZipCache(blobs)

    async def read() -> int:
        async with cache.use(sha256) as path:
            return len(await asyncio.to_thread(path.read_bytes))

    assert await asyncio.gather(*(read() for _ in range(8))) == [SIZE_BYTES] * 8


async def test_the_least_recently_used_go_when_there_is_too_much_and_one_in_use_stays(
    blobs: Blobs,
) -> None:
    a, b, c, d = [await put(blobs, letter) for letter in (b"a", b"b", b"c", b"d")]
    cache = ZipCache(blobs, limit_bytes=2 * SIZE_BYTES)
    async with cache.use(a) as path:
        for each in (b, c, b, d):
            async with cache.use(each):
                pass
        kept = {each.name for each in path.parent.iterdir()}
    assert kept == {a, d}

    async with cache.use(b):
        assert a not in {each.name for each in path.parent.iterdir()}


async def test_a_zip_that_is_missing_leaves_nothing_and_may_come_later(blobs: Blobs) -> None:
    content = b"later" * 1000
    sha256, cache = hashlib.sha256(content).hexdigest(), ZipCache(blobs)
    with pytest.raises(BlobMissing):
        async with cache.use(sha256):
            pass
    await blobs.put(sha256, content)

    async with cache.use(sha256) as path:
        assert path.read_bytes() == content
