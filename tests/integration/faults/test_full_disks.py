"""A disk gets full in mid-submission: nothing is half accepted, and with room everything goes on by itself."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import httpx
import pytest

from benchmarks.stack.null_engine import NullSlot
from shared.blobs import Blobs
from shared.broker.connection import connect_broker
from shared.database import Pool, connect_database
from tests.chaos.platform.filesystem import MEBIBYTE
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.gateway.submitting import make_zip, submit
from tests.support.services.own_platform import OwnPlatform, own_platform
from tests.support.services.pipeline import control, is_scored, runner, running
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a filesystem needs root")
STUDIES = 4
"""Of a submission."""


@pytest.fixture
async def platform() -> AsyncIterator[OwnPlatform]:
    async with own_platform() as platform:
        yield platform


@pytest.fixture
async def gateway(platform: OwnPlatform) -> AsyncIterator[Gateway]:
    async with gateway_with_baseline(platform.settings.gateway) as gateway:
        await gateway.apply(competition(phase(attempts_per_day=1000)))
        yield gateway


@pytest.fixture
async def pool(platform: OwnPlatform) -> AsyncIterator[Pool]:
    async with await connect_database(platform.settings.database_url) as pool:
        yield pool


@asynccontextmanager
async def scoring(platform: OwnPlatform) -> AsyncIterator[None]:
    """Run all services behind the gateway; one that ends by itself fails the test."""
    settings = platform.settings
    async with connect_broker(settings.runner.broker_url) as broker:
        studies = runner(broker, Blobs(settings.runner.blob_url), settings, [NullSlot()])
        async with control(settings), running(studies.run):
            yield


async def accepted(team: httpx.AsyncClient, content: bytes) -> UUID:
    answer = await submit(team, make_zip(content))
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["id"])


async def wait_for_reason(gateway: Gateway, part: str, text: str) -> None:
    async def says() -> bool:
        return text in (await gateway.anyone.get("/readyz")).json()["reasons"].get(part, "")

    await wait_until(says, what=f"/readyz says of the {part}: {text}")


async def wait_until_ready(gateway: Gateway) -> None:
    async def is_ready() -> bool:
        return (await gateway.anyone.get("/readyz")).status_code == 200

    await wait_until(is_ready, what="/readyz has no reason left")


async def assert_each_scored_once(pool: Pool, submissions: list[UUID]) -> None:
    """Wait for the scores; each study is there once, no failure was counted, and each attempt was charged once."""
    for submission in submissions:
        await wait_until(lambda submission=submission: is_scored(pool, submission), what="scored")  # type: ignore[misc]
    assert await pool.fetchval("select count(*) from submissions") == len(submissions)
    assert await pool.fetchval("select count(*) from studies") == STUDIES * len(submissions)
    assert await pool.fetchval("select sum(studies_done) from submissions") == STUDIES * len(submissions)
    assert await pool.fetchval("select max(failures) from shards") == 0


async def test_a_full_blob_store_accepts_nothing_half_and_says_so(
    platform: OwnPlatform, gateway: Gateway, pool: Pool
) -> None:
    team = await gateway.team("a")
    large = make_zip(os.urandom(3 * MEBIBYTE))
    platform.blobs_disk.fill()

    for refused in [await submit(team, make_zip(b"small")), await submit(team, large)]:
        assert_problem(refused, 503, "The platform's blob store is unavailable; try again soon.")
        assert int(refused.headers["Retry-After"]) > 0
    await wait_for_reason(gateway, "blob store", "is full: expected 16777216 bytes free, got ")
    assert await pool.fetchval("select count(*) from submissions") == 0
    assert list(platform.blobs_disk.folder.iterdir()) == []

    platform.blobs_disk.free()

    await wait_until_ready(gateway)
    assert (await submit(team, large)).status_code == 202


async def test_a_runner_goes_on_while_the_blob_store_that_it_reads_is_full(
    platform: OwnPlatform, gateway: Gateway, pool: Pool
) -> None:
    submission = await accepted(await gateway.team("a"), b"first")
    platform.blobs_disk.fill()

    async with scoring(platform):
        await assert_each_scored_once(pool, [submission])


async def test_a_database_that_ends_for_want_of_disk_loses_nothing_that_was_accepted(
    platform: OwnPlatform, gateway: Gateway, pool: Pool
) -> None:
    team = await gateway.team("a")
    async with scoring(platform):
        submissions = [await accepted(team, b"%d" % number) for number in range(3)]
        await write_until_the_database_ends(platform, pool)
        await wait_for_reason(gateway, "database", "")
        refused = await submit(team, make_zip(b"refused"))
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0

        platform.database_disk.free()
        await platform.database.start()

        await wait_until_ready(gateway)
        submissions.append(await accepted(team, b"later"))
        await assert_each_scored_once(pool, submissions)


async def write_until_the_database_ends(platform: OwnPlatform, pool: Pool) -> None:
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):  # noqa: PT012 - it writes for a while
        while True:
            platform.database_disk.fill()
            await pool.execute("select pg_logical_emit_message(true, 'fill', repeat('x', 1000000))")


async def test_results_that_a_full_database_cannot_take_wait_and_are_stored_once(
    platform: OwnPlatform, gateway: Gateway, pool: Pool
) -> None:
    team = await gateway.team("a")
    submissions = [await accepted(team, b"%d" % number) for number in range(4)]
    platform.database_disk.fill()

    async with scoring(platform):

        async def has_refused() -> bool:
            platform.database_disk.fill()
            return "No space left on device" in await platform.database.read_log()

        await wait_until(has_refused, what="the database has refused to write")
        platform.database_disk.free()

        await assert_each_scored_once(pool, submissions)


async def test_a_broker_short_of_disk_is_no_failure_of_anybody_and_work_goes_on_with_room(
    platform: OwnPlatform, gateway: Gateway, pool: Pool
) -> None:
    team = await gateway.team("a")
    submissions = [await accepted(team, b"first")]
    platform.broker_disk.fill(leave_bytes=100 * MEBIBYTE)

    async def submits_until_it_is_told() -> bool:
        submissions.append(await accepted(team, b"%d" % len(submissions)))
        await asyncio.sleep(1)
        return "short of disk or memory" in (await gateway.anyone.get("/readyz")).json()["reasons"].get("broker", "")

    async with scoring(platform):
        await wait_until(submits_until_it_is_told, what="/readyz says that the broker takes no messages")
        submissions.append(await accepted(team, b"meanwhile"))
        platform.broker_disk.free()

        await assert_each_scored_once(pool, submissions)
        await wait_until_ready(gateway)


async def test_a_broker_that_ends_for_want_of_disk_starts_anew_and_no_work_is_lost(
    platform: OwnPlatform, gateway: Gateway, pool: Pool
) -> None:
    team = await gateway.team("a")
    submissions: list[UUID] = []

    async def submits_until_it_ends() -> bool:
        platform.broker_disk.fill()
        submissions.append(await accepted(team, b"%d" % len(submissions)))
        await asyncio.sleep(1)
        return not await platform.broker.is_running()

    async with scoring(platform):
        await wait_until(submits_until_it_ends, what="the broker has ended")
        platform.broker_disk.free()
        await platform.broker.start()

        await assert_each_scored_once(pool, submissions)
        await wait_until_ready(gateway)
