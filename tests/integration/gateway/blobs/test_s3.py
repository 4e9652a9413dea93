"""Several gateways and runners over one real S3 server."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.gateway.__main__ import main
from services.gateway.settings import GatewaySettings
from services.runner.blobs.cache import BlobCache
from services.runner.blobs.source import open_blobs
from shared.blobs import BlobMissing, Blobs, BlobStoreUnavailable
from shared.connecting.backoff import StoppedBeforeStart
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import gateway_with_baseline, running_gateway
from tests.support.gateway.submitting import make_zip, submit
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.s3.object_store import ObjectStore
from tests.support.service_settings import RUNNER_TOKEN, PlatformSettings
from tests.support.stack import free_port
from tests.support.waiting import LIMIT_S, wait_until
from tests.support.wire import Wire

LARGE_BYTES = 12 * 1024**2
"""More than two parts of an upload in parts."""


def named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@asynccontextmanager
async def starting_gateway(settings: GatewaySettings) -> AsyncIterator[str]:
    """A gateway that may never be ready; yields its address."""
    port, stop = free_port(), asyncio.Event()
    task = asyncio.create_task(main(settings.model_copy(update={"http_port": port, "drain_timeout_s": 2}), stop))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        try:
            await asyncio.wait_for(task, LIMIT_S)
        except* StoppedBeforeStart:
            pass  # it was not ready yet, of which its process would say so and end


async def not_ready_because(url: str) -> str:
    """Return what a gateway says of its blob store once it says that it is not ready."""
    reason = ""

    async def says_why() -> bool:
        nonlocal reason
        try:
            answer = await client.get("/readyz")
        except httpx.TransportError:
            return False
        reason = answer.json()["reasons"].get("blob store", "")
        return answer.status_code == 503 and reason != ""

    async with httpx.AsyncClient(base_url=url, verify=TRUSTS_NOBODY, timeout=LIMIT_S) as client:
        await wait_until(says_why, what="the gateway says what is wrong with its blob store")
    return reason


async def test_what_is_uploaded_to_one_gateway_is_fetched_from_another(s3_settings: GatewaySettings) -> None:
    async with gateway_with_baseline(s3_settings) as one, running_gateway(s3_settings) as other:
        await one.apply(competition())
        (await submit(await one.team("a"))).raise_for_status()
        runner = other.client(RUNNER_TOKEN)

        answer = await runner.get(f"/api/v1/blobs/{named(make_zip())}")
        missing = await runner.get(f"/api/v1/blobs/{named(b'nothing')}")

    assert (answer.status_code, answer.content) == (200, make_zip())
    assert_problem(missing, 404, "no blob")


async def test_a_runner_that_reads_the_store_itself_gets_a_large_blob_and_checks_it(
    s3_settings: GatewaySettings, settings: PlatformSettings, tmp_path: Path
) -> None:
    content = os.urandom(LARGE_BYTES)
    (tmp_path / "large").write_bytes(content)
    blobs = Blobs(s3_settings.blob_url)
    for _ in range(2):  # a blob may be put twice
        with (tmp_path / "large").open("rb") as file:
            await blobs.put(named(content), file)
    await blobs.put(named(b"right"), b"wrong")
    remote = settings.runner.model_copy(update={"blob_url": s3_settings.blob_url})
    cache = BlobCache(open_blobs(remote))

    async with cache.use(named(content)) as path:
        assert path.read_bytes() == content
    with pytest.raises(BlobStoreUnavailable, match="got 5 bytes with the SHA-256"):
        async with cache.use(named(b"right")):
            pass
    with pytest.raises(BlobMissing):
        async with cache.use(named(b"nothing")):
            pass


async def test_a_store_that_goes_away_in_the_middle_is_an_error_and_not_a_short_blob(
    s3_settings: GatewaySettings, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire("127.0.0.1", object_store.port)
    await wire.mend()
    for name, value in object_store.environment(port=wire.port).items():
        monkeypatch.setenv(name, value)
    content = os.urandom(LARGE_BYTES)
    blobs = Blobs(s3_settings.blob_url)
    await blobs.put(named(content), content)

    pieces = blobs.read(named(content))
    first = await anext(pieces)
    await wire.cut()
    with pytest.raises(BlobStoreUnavailable, match="cannot get all of blob"):
        async for _ in pieces:
            pass

    assert len(first) < LARGE_BYTES
    assert "check ARENA_BLOB_URL and the AWS_ variables" in (await blobs.check() or "")


async def test_a_gateway_with_wrong_credentials_is_not_ready_and_says_so(
    s3_settings: GatewaySettings, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", object_store.environment(secret="wrong")["AWS_SECRET_ACCESS_KEY"])
    async with starting_gateway(s3_settings) as url:
        reason = await not_ready_because(url)
    assert f"the blob store {s3_settings.blob_url} cannot be used: SignatureDoesNotMatch" in reason


async def test_a_gateway_without_its_bucket_is_not_ready_until_it_is_made(
    s3_settings: GatewaySettings, object_store: ObjectStore
) -> None:
    bucket = s3_settings.blob_url.removeprefix("s3://") + "-later"
    async with starting_gateway(s3_settings.model_copy(update={"blob_url": f"s3://{bucket}"})) as url:
        assert "NoSuchBucket" in await not_ready_because(url)
        object_store.make_bucket(bucket)
        async with httpx.AsyncClient(base_url=url, verify=TRUSTS_NOBODY, timeout=LIMIT_S) as client:

            async def is_ready() -> bool:
                return (await client.get("/readyz")).status_code == 200

            await wait_until(is_ready, what="the gateway is ready")
