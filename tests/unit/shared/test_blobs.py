"""A blob store that cannot be opened says why, and is opened as soon as it can be."""

import hashlib
import os
from pathlib import Path

import pytest

from shared.blobs import Blobs, BlobStoreUnavailable
from tests.support.page_cache import unwritten_pages


async def test_a_folder_that_cannot_be_made_is_the_reason_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "in_the_way").touch()
    blobs = Blobs(f"file://{tmp_path}/in_the_way/blobs")

    reason = await blobs.check() or ""
    with pytest.raises(BlobStoreUnavailable):
        await blobs.put("0" * 64, b"content")
    (tmp_path / "in_the_way").unlink()

    assert f"the blob store file://{tmp_path}/in_the_way/blobs cannot be used: Not a directory" in reason
    assert reason.endswith("check ARENA_BLOB_URL")
    assert await blobs.check() is None


@pytest.mark.parametrize("url", ["s3://", "s3://a b"])
async def test_a_url_that_names_no_bucket_is_the_reason(url: str) -> None:
    assert f"the blob store {url} cannot be used" in (await Blobs(url).check() or "")


async def test_a_blob_is_on_the_disk_when_it_was_put(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    name = hashlib.sha256(content).hexdigest()
    await Blobs(tmp_path.as_uri()).put(name, content)

    assert unwritten_pages(tmp_path / name) == 0
