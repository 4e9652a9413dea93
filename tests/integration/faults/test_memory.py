"""Memory runs out in mid-work: of the broker, which then takes no messages, and of a process of the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.stack.null_engine import NullSlot
from services.dispatcher.service import Dispatcher
from services.runner.shard_run import StudySlot
from shared.blobs import Blobs
from shared.broker.connection import connect_broker
from shared.database import TRANSIENT_ERRORS, Pool, connect_database
from tests.chaos.faults.memory import AlarmMemory, ExhaustBackend
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.fake_slots import SlowSlot
from tests.support.services.own_platform import OwnPlatform, own_platform
from tests.support.services.pipeline import BLOB, ZIP, control, is_scored, runner, running
from tests.support.waiting import limited, wait_until

LEASE_S = 2
STUDIES = 4


@pytest.fixture
async def platform() -> AsyncIterator[OwnPlatform]:
    async with own_platform(lease_s=LEASE_S) as platform:
        await Blobs(platform.settings.runner.blob_url).put(BLOB, ZIP)
        yield platform


@pytest.fixture
async def pool(platform: OwnPlatform) -> AsyncIterator[Pool]:
    async with await connect_database(platform.settings.database_url) as pool:
        yield pool


@asynccontextmanager
async def runner_with(platform: OwnPlatform, slot: StudySlot) -> AsyncIterator[None]:
    settings = platform.settings
    async with (
        connect_broker(settings.runner.broker_url) as broker,
        running(runner(broker, Blobs(settings.runner.blob_url), settings, [slot]).run),
    ):
        yield


async def test_a_runner_whose_broker_takes_no_messages_is_not_taken_for_gone_by_a_new_dispatcher(
    platform: OwnPlatform, pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1), blob_sha256=BLOB)
    slot, alarm = SlowSlot(), AlarmMemory("", platform.broker)
    settings = platform.settings
    is_silent = "select lease_until < now() from shards where state = 'running'"

    async with runner_with(platform, slot), limited():
        async with control(settings):
            await slot.started.wait()
            await wait_until(lambda: pool.fetchval("select true from shards where state = 'running'"), what="running")
        await alarm.strike()
        await wait_until(lambda: pool.fetchval(is_silent), what="no heartbeat has come for the time of a lease")
        async with (
            await connect_database(settings.dispatcher.database_url) as own_pool,
            connect_broker(settings.dispatcher.broker_url) as broker,
            running(Dispatcher(own_pool, broker, settings.dispatcher).run),
        ):

            async def has_found_out() -> bool:
                return "takes no messages" in str(await broker.check())

            await wait_until(has_found_out, what="the new dispatcher has found out that nobody can be heard")
            assert await pool.fetchval("select state from shards") == "running"
            await alarm.heal()
            await wait_until(lambda: pool.fetchval(f"select not ({is_silent})"), what="heard of again")
        slot.go.set()
        async with control(settings):
            await wait_until(lambda: is_scored(pool, submission), what="scored")

    assert await pool.fetchval("select max(failures) from shards") == 0
    assert await pool.fetchval("select max(attempt) from shards") == 1


async def test_a_process_of_the_database_that_is_killed_loses_nothing_and_no_service_ends(
    platform: OwnPlatform, pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=2), blob_sha256=BLOB)
    killing = ExhaustBackend("", platform.database)

    async def is_scored_when_asked() -> bool:
        try:
            return await is_scored(pool, submission)
        except TRANSIENT_ERRORS:
            return False

    async with limited(), control(platform.settings), runner_with(platform, NullSlot()):
        await killing.strike()
        await wait_until(is_scored_when_asked, what="scored")

    assert "terminated by signal 9" in await platform.database.read_log()
    assert await pool.fetchval("select count(*) from studies") == STUDIES
