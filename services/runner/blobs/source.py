"""Where a runner's blobs come from."""

from collections.abc import AsyncGenerator
from typing import Protocol

from services.runner.blobs.over_http import GatewayBlobs
from services.runner.settings import RunnerSettings
from shared.blobs import Blobs


class BlobSource(Protocol):
    """Gives blobs, whose content may be another than it should: who reads one compares it with its SHA-256."""

    def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        """Yield a blob's content. Raises BlobMissing or BlobStoreUnavailable, also when a part was yielded."""
        ...

    async def check(self) -> str | None:
        """Return why no blob can be had now, or None."""
        ...


def open_blobs(settings: RunnerSettings) -> BlobSource:
    """Return what ARENA_BLOB_URL names: the gateway, or the store itself."""
    if settings.blob_url.startswith(("http://", "https://")):
        return GatewayBlobs(settings.blob_url, settings.blob_token, settings.blob_ca_file)
    return Blobs(settings.blob_url)
