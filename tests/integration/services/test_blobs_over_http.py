"""A runner without the gateway's disk, which fetches zips and data sets over HTTP."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from benchmarks.stack.null_engine import NullSlot
from services.runner.blobs.source import BlobSource, open_blobs
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.seeding import seed_phase
from tests.support.service_settings import ORGANIZER_TOKEN, PlatformSettings
from tests.support.services.fake_slots import RememberingSlot
from tests.support.services.pipeline import accept, control, is_scored, runner, running
from tests.support.waiting import wait_until
from tests.support.wire import Wire


@pytest.fixture
async def gateway(settings: PlatformSettings) -> AsyncIterator[Gateway]:
    """A gateway without competitions."""
    async with running_gateway(settings.gateway) as gateway:
        yield gateway


async def runner_row(pool: Pool) -> dict[str, Any]:
    row = await pool.fetchrow("select * from runners")
    return {} if row is None else dict(row)


async def test_a_submission_is_scored_by_a_runner_that_shares_no_disk_with_the_gateway(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings, gateway: Gateway
) -> None:
    seeded = await seed_phase(pool, boxes=2)
    dataset = hashlib.sha256(b"a file").hexdigest()
    await blobs.put(dataset, b"a file")
    await pool.execute("update black_boxes set dataset_sha256 = $2 where id = $1", seeded.boxes[0], dataset)
    submission = await accept(pool, broker, seeded)
    remote, slot = settings.with_blobs_over_http(gateway.url), RememberingSlot()

    async with control(settings), running(runner(runner_broker, open_blobs(remote.runner), remote, [slot]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")

    assert slot.handed == {(dataset, b"a file"), (None, b"")}


@pytest.mark.usefixtures("blobs")
@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "gets no token"),
        ("arena_unknown", "does not know the token, or it was revoked"),
        (ORGANIZER_TOKEN, "lacks the scope 'blobs:read'"),
    ],
)
async def test_a_runner_whose_token_is_not_enough_takes_no_work_and_says_why(
    pool: Pool,
    broker: Broker,
    runner_broker: Broker,
    settings: PlatformSettings,
    gateway: Gateway,
    token: str | None,
    reason: str,
) -> None:
    await accept(pool, broker, await seed_phase(pool))
    given = None if token is None else SecretStr(token)
    remote = settings.with_blobs_over_http(gateway.url).with_changes(blob_token=given)
    service = runner(runner_broker, open_blobs(remote.runner), remote, [NullSlot()])

    async with control(settings), running(service.run):
        await wait_until(lambda: runner_row(pool), what="its heartbeat is stored")
        await wait_until(lambda: pool.fetchval("select reason like '%gateway%' from runners"), what="it says why")
        told, row = await service.check_blobs() or "", await runner_row(pool)

    assert reason in told
    assert "ARENA_BLOB_TOKEN" in told
    assert "arena token create --runner" in told
    assert (row["ready"], row["reason"]) == (False, told)
    assert await service.check_engine() is None
    assert await pool.fetchval("select count(*) from executions") == 0


@pytest.mark.usefixtures("blobs")
async def test_a_runner_goes_on_when_the_gateway_is_back_and_the_team_has_lost_nothing(
    pool: Pool, broker: Broker, runner_broker: Broker, settings: PlatformSettings, gateway: Gateway
) -> None:
    submission = await accept(pool, broker, await seed_phase(pool))
    wire = Wire("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    await wire.mend()
    await wire.cut()
    remote = settings.with_blobs_over_http(f"http://127.0.0.1:{wire.port}")
    source: BlobSource = open_blobs(remote.runner)

    async with control(settings), running(runner(runner_broker, source, remote, [NullSlot()]).run):
        await wait_until(lambda: pool.fetchval("select reason like '%does not answer%' from runners"), what="not ready")
        await wire.mend()
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    await wire.cut()

    assert await pool.fetchval("select max(failures) from shards") == 0


@pytest.mark.usefixtures("blobs")
async def test_a_runner_that_loses_the_gateway_hands_its_shards_back_at_nobody_s_cost(
    pool: Pool, broker: Broker, runner_broker: Broker, settings: PlatformSettings, gateway: Gateway
) -> None:
    wire = Wire("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    await wire.mend()
    settings = settings.with_changes(engine_check_interval_s=3600)  # it learns that the gateway is gone by a shard
    remote = settings.with_blobs_over_http(f"http://127.0.0.1:{wire.port}")

    async with control(settings), running(runner(runner_broker, open_blobs(remote.runner), remote, [NullSlot()]).run):
        await wait_until(lambda: pool.fetchval("select ready from runners"), what="ready")
        await wire.cut()
        await accept(pool, broker, await seed_phase(pool, boxes=1, studies_per_box=1))
        await wait_until(
            lambda: pool.fetchval("select true from executions where outcome = 'handed_back'"), what="handed back"
        )
        await wait_until(lambda: pool.fetchval("select not ready from runners"), what="not ready")

    assert await pool.fetchval("select max(failures) from shards") == 0


async def test_content_that_was_damaged_in_the_store_is_an_incident_and_reaches_no_study(
    pool: Pool,
    broker: Broker,
    runner_broker: Broker,
    blobs: Blobs,
    settings: PlatformSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.dispatcher.service.RETRY_DELAY_S", 0.05)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    expected = hashlib.sha256(b"right").hexdigest()
    await blobs.put(expected, b"wrong")
    await pool.execute("update black_boxes set dataset_sha256 = $1", expected)
    await accept(pool, broker, seeded)
    slot = RememberingSlot()

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run):
        await wait_until(lambda: pool.fetchval("select state = 'incident' from shards"), what="incident")

    assert slot.handed == set()
    details = await pool.fetch("select detail from executions where outcome = 'infrastructure_failure'")
    assert all(f"expected blob {expected}, got 5 bytes" in row["detail"] for row in details)
