"""Runners fetch zips and data sets from the gateway, with tokens that are good for nothing else."""

import hashlib
import os
import tracemalloc
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.gateway.settings import GatewaySettings
from services.runner.blobs.cache import BlobCache
from services.runner.blobs.over_http import GatewayBlobs
from shared.blobs import Blobs
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.gateway.submitting import make_zip, submit
from tests.support.service_settings import RUNNER_TOKEN

TOKENS = "/api/v1/admin/runner-tokens"
LARGE_BYTES = 40 * 1024**2
MISSING = "/api/v1/blobs/" + "0" * 64


async def runner(gateway: Gateway) -> httpx.AsyncClient:
    answer = await gateway.organizer.post(TOKENS, json={"name": "the lab's"})
    return gateway.client(answer.raise_for_status().json()["token"])


async def test_a_runner_fetches_what_a_team_has_uploaded(gateway: Gateway) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    sha256 = hashlib.sha256(make_zip()).hexdigest()

    answer = await (await runner(gateway)).get(f"/api/v1/blobs/{sha256}")

    assert (answer.status_code, answer.content) == (200, make_zip())
    assert answer.headers["Content-Length"] == str(len(make_zip()))
    assert answer.headers["ETag"] == f'"{sha256}"'
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


async def test_a_large_blob_is_never_whole_in_the_memory_of_the_gateway_or_of_a_runner(
    gateway: Gateway, gateway_settings: GatewaySettings
) -> None:
    content = os.urandom(LARGE_BYTES)
    sha256 = hashlib.sha256(content).hexdigest()
    await Blobs(gateway_settings.blob_url).put(sha256, content)
    cache = BlobCache(GatewayBlobs(gateway.url, SecretStr(RUNNER_TOKEN), None))
    tracemalloc.start()

    async with cache.use(sha256) as path:
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert path.stat().st_size == LARGE_BYTES
    assert peak_bytes < LARGE_BYTES // 4


async def test_a_blob_that_is_not_there_is_a_problem_and_a_name_that_is_no_hash_is_another(gateway: Gateway) -> None:
    client = await runner(gateway)
    assert_problem(await client.get(MISSING), 404, "no blob 0000")
    assert_problem(await client.get("/api/v1/blobs/..%2F..%2Fetc"), 404, "Not Found")
    assert_problem(await client.get("/api/v1/blobs/nonsense"), 422, "sha256")


async def test_a_runner_s_token_fetches_blobs_and_does_nothing_else(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    client = await runner(gateway)
    token = client.headers["Authorization"].removeprefix("Bearer ")

    assert_problem(await client.get("/api/v1/admin/runners"), 403, "a runner's")
    assert_problem(await submit(client), 403, "This is for teams, and the token is a runner's")
    signed_in = await gateway.anyone.post("/sign-in", data={"token": token}, headers={"Origin": gateway.url})

    assert signed_in.status_code == 401
    assert await pool.fetchval("select count(*) from sessions") == 0


async def test_a_runner_s_token_that_was_revoked_is_refused(gateway: Gateway) -> None:
    made = (await gateway.organizer.post(TOKENS, json={"name": "the lab's"})).json()
    client = gateway.client(made["token"])
    assert_problem(await client.get(MISSING), 404)

    (await gateway.organizer.delete(f"/api/v1/admin/tokens/{made['id']}")).raise_for_status()

    assert_problem(await client.get(MISSING), 401, "revoked")


async def test_the_token_of_the_settings_is_a_runner_s_from_the_start_on(gateway_settings: GatewaySettings) -> None:
    for _ in range(2):  # a gateway that starts again finds its token
        async with running_gateway(gateway_settings) as gateway:
            assert_problem(await gateway.client(RUNNER_TOKEN).get(MISSING), 404)
            tokens = (await gateway.organizer.get("/api/v1/admin/tokens")).json()["tokens"]

    assert [each["scopes"] for each in tokens if each["role"] == "runner"] == [["blobs:read"]]


async def test_three_hundred_runners_behind_one_address_are_not_throttled(gateway_settings: GatewaySettings) -> None:
    settings = gateway_settings.model_copy(update={"anonymous_rate": "30/hour"})
    async with running_gateway(settings) as gateway:
        client = gateway.client(RUNNER_TOKEN)
        statuses = {(await client.get(MISSING)).status_code for _ in range(300)}
    assert statuses == {404}


async def test_a_store_that_fails_in_the_middle_ends_the_answer_short(
    gateway: Gateway, gateway_settings: GatewaySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.blobs.PIECE_TIMEOUT_S", 1.0)
    content = os.urandom(LARGE_BYTES)
    sha256 = hashlib.sha256(content).hexdigest()
    await Blobs(gateway_settings.blob_url).put(sha256, content)

    async with (await runner(gateway)).stream("GET", f"/api/v1/blobs/{sha256}") as answer:
        os.truncate(tmp_path / "blobs" / sha256, 1000)
        with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
            async for _ in answer.aiter_raw():
                pass
