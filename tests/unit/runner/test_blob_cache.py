"""Blobs are fetched once, are what they should be, stay while a shard uses them, and go when there are too many."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from services.runner.blobs.cache import ATTEMPTS, BlobCache
from shared.blobs import BlobAccessRefused, BlobMissing, Blobs, BlobStoreUnavailable

SIZE_BYTES = 3_000_000


class CountingSource:
    """Gives blobs in two pieces, counts how often each is read, and fails as often as it is told to."""

    def __init__(self, *contents: bytes, failures: int = 0) -> None:
        self.reads = Counter[str]()
        self._contents = {hashlib.sha256(each).hexdigest(): each for each in contents}
        self._failures = failures

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        self.reads[sha256] += 1
        content = self._contents[sha256]
        yield content[:10]
        await asyncio.sleep(0)
        if self.reads[sha256] <= self._failures:
            raise BlobStoreUnavailable("the connection was cut")
        yield content[10:]

    async def check(self) -> None:
        return None


class WrongSource(CountingSource):
    """Gives another content than was asked for."""

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        self.reads[sha256] += 1
        yield b"something else"


class RefusingSource(CountingSource):
    """Gives nothing before somebody has changed a setting."""

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        self.reads[sha256] += 1
        raise BlobAccessRefused("the token is not known")
        yield b""


class EndlessSource(CountingSource):
    """Gives a little again and again, and never all."""

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        self.reads[sha256] += 1
        while True:
            yield b"x"
            await asyncio.sleep(0)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(f"file://{tmp_path}/blobs")


async def put(blobs: Blobs, letter: bytes) -> str:
    content = letter * SIZE_BYTES
    sha256 = hashlib.sha256(content).hexdigest()
    await blobs.put(sha256, content)
    return sha256


async def test_a_blob_is_a_file_with_all_of_its_content(blobs: Blobs) -> None:
    async with BlobCache(blobs).use(await put(blobs, b"a")) as path:
        assert path.read_bytes() == b"a" * SIZE_BYTES
        assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_a_blob_that_was_used_is_not_fetched_again(blobs: Blobs, tmp_path: Path) -> None:
    sha256, cache = await put(blobs, b"a"), BlobCache(blobs)
    async with cache.use(sha256):
        pass
    (tmp_path / "blobs" / sha256).unlink()

    async with cache.use(sha256) as path:
        assert path.stat().st_size == SIZE_BYTES


async def test_shards_that_want_the_same_blob_at_once_get_it_by_one_fetch() -> None:
    content = b"x" * 1000
    source = CountingSource(content)
    (sha256, cache) = hashlib.sha256(content).hexdigest(), BlobCache(source)

    async def read() -> int:
        async with cache.use(sha256) as path:
            return len(await asyncio.to_thread(path.read_bytes))

    assert await asyncio.gather(*(read() for _ in range(8))) == [1000] * 8
    assert source.reads == {sha256: 1}


async def test_the_least_recently_used_go_when_there_is_too_much_and_one_in_use_stays(
    blobs: Blobs,
) -> None:
    a, b, c, d = [await put(blobs, letter) for letter in (b"a", b"b", b"c", b"d")]
    cache = BlobCache(blobs, limit_bytes=2 * SIZE_BYTES)
    async with cache.use(a) as path:
        for each in (b, c, b, d):
            async with cache.use(each):
                pass
        kept = {each.name for each in path.parent.iterdir()}
    assert kept == {a, d}

    async with cache.use(b):
        assert a not in {each.name for each in path.parent.iterdir()}


async def test_a_blob_that_is_missing_leaves_nothing_and_may_come_later(blobs: Blobs) -> None:
    content = b"later" * 1000
    sha256, cache = hashlib.sha256(content).hexdigest(), BlobCache(blobs)
    with pytest.raises(BlobMissing):
        async with cache.use(sha256):
            pass
    await blobs.put(sha256, content)

    async with cache.use(sha256) as path:
        assert path.read_bytes() == content


async def test_a_blob_that_is_cut_off_is_fetched_again() -> None:
    content = b"x" * 1000
    source = CountingSource(content, failures=2)
    sha256 = hashlib.sha256(content).hexdigest()

    async with BlobCache(source).use(sha256) as path:
        assert path.read_bytes() == content
    assert source.reads == {sha256: 3}


async def test_content_with_another_hash_is_not_kept_and_the_error_says_what_came() -> None:
    expected, got = hashlib.sha256(b"right").hexdigest(), hashlib.sha256(b"something else").hexdigest()
    source = WrongSource()
    cache = BlobCache(source)

    with pytest.raises(BlobStoreUnavailable, match=f"expected blob {expected}, got 14 bytes with the SHA-256 {got}"):
        async with cache.use(expected):
            pass
    with pytest.raises(BlobStoreUnavailable):  # nothing of it was kept
        async with cache.use(expected):
            pass
    assert source.reads == {expected: 2 * ATTEMPTS}


async def test_a_store_that_refuses_is_not_asked_again() -> None:
    source = RefusingSource()
    with pytest.raises(BlobAccessRefused, match="not known"):
        async with BlobCache(source).use("0" * 64):
            pass
    assert source.reads == {"0" * 64: 1}


async def test_a_blob_that_never_ends_is_given_up_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.runner.blobs.cache.FETCH_TIMEOUT_S", 0.05)
    source = EndlessSource()
    with pytest.raises(BlobStoreUnavailable, match="cannot get all of blob"):
        async with BlobCache(source).use("0" * 64):
            pass
    assert source.reads == {"0" * 64: ATTEMPTS}
