"""Clocks that are set in mid-work: the database's is the one that counts, and none of them ends work wrongly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.stack.null_engine import NullSlot
from services.runner.shard_run import StudySlot
from shared.blobs import Blobs
from shared.broker.connection import connect_broker
from shared.database import Pool, connect_database
from tests.chaos.platform.clock import DAY_S, HOUR_S
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import SlowSlot
from tests.support.services.own_platform import OwnPlatform, own_platform
from tests.support.services.pipeline import BLOB, ZIP, control, is_scored, runner
from tests.support.waiting import limited, wait_until

LEASE_S = 3
STEPS = {"an hour on": HOUR_S, "an hour back": -HOUR_S, "three days on": 3 * DAY_S}


@pytest.fixture
async def platform() -> AsyncIterator[OwnPlatform]:
    async with own_platform(sets_clock=True, lease_s=LEASE_S) as platform:
        await Blobs(platform.settings.runner.blob_url).put(BLOB, ZIP)
        yield platform


@pytest.fixture
async def pool(platform: OwnPlatform) -> AsyncIterator[Pool]:
    async with await connect_database(platform.settings.database_url) as pool:
        yield pool


def set_database_clock(platform: OwnPlatform, by_s: float) -> None:
    assert platform.database_clock is not None
    platform.database_clock.set_by(by_s)


@asynccontextmanager
async def runner_of(settings: PlatformSettings, name: str, slot: StudySlot) -> AsyncIterator[None]:
    """Run a runner as long as the block runs; then it is gone without a word, as one whose machine is switched off."""
    settings = settings.with_runner(name)
    async with connect_broker(settings.runner.broker_url) as broker:
        lives = runner(broker, Blobs(settings.runner.blob_url), settings, [slot]).run(asyncio.Event())
        task = asyncio.create_task(lives)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


async def wait_until_runs(pool: Pool) -> None:
    await wait_until(lambda: pool.fetchval("select true from shards where state = 'running'"), what="running")


async def wait_until_leases_end(pool: Pool) -> None:
    """Wait until the dispatcher, which hears runners first, ends leases: here that of a shard that nobody runs."""
    await pool.execute(
        "update shards set state = 'running', runner_id = 'nobody', lease_until = '-infinity' where state = 'released'"
    )
    ended = "select true from executions where runner_id = 'nobody' and outcome = 'lease_expired'"
    await wait_until(lambda: pool.fetchval(ended), what="the lease of nobody has ended")


@pytest.mark.parametrize("step", STEPS)
async def test_setting_the_database_s_clock_takes_no_shard_from_its_runner(
    platform: OwnPlatform, pool: Pool, step: str
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=1), blob_sha256=BLOB)
    slot = SlowSlot()
    is_renewed = """
        select lease_until between clock_timestamp() and clock_timestamp() + make_interval(secs => $1)
        from shards where state = 'running'
    """

    async with limited(), control(platform.settings), runner_of(platform.settings, "steady", slot):
        await slot.started.wait()
        await wait_until_runs(pool)
        await wait_until_leases_end(pool)
        set_database_clock(platform, STEPS[step])
        await pool.execute("update runners set seen_at = '-infinity'")
        await wait_until(lambda: pool.fetchval("select seen_at > '-infinity' from runners"), what="heard of again")
        await wait_until(lambda: pool.fetchval(is_renewed, LEASE_S), what="its lease is that of the new time")
        slot.go.set()
        await wait_until(lambda: is_scored(pool, submission), what="scored")

    ended = await pool.fetch("select distinct outcome from executions where runner_id = 'steady'")
    assert [row["outcome"] for row in ended] == ["done"]
    assert await pool.fetchval("select sum(failures) from shards") == 1, "that of nobody"


async def test_a_runner_that_is_gone_when_the_clock_is_set_back_is_missed_after_its_lease(
    platform: OwnPlatform, pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1), blob_sha256=BLOB)
    slot = SlowSlot()

    async with limited(), control(platform.settings):
        async with runner_of(platform.settings, "gone", slot):
            await slot.started.wait()
            await wait_until_runs(pool)
        set_database_clock(platform, -HOUR_S)
        async with runner_of(platform.settings, "other", NullSlot()):
            await wait_until(lambda: is_scored(pool, submission), what="scored by the other runner")

    assert await pool.fetchval("select runner_id from studies") == "other"


async def test_an_incident_is_not_ended_by_a_clock_that_was_set_on(platform: OwnPlatform, pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1), blob_sha256=BLOB)
    since = "select extract(epoch from clock_timestamp() - changed_at) < 60 from shards where state = 'incident'"

    async with limited(), control(platform.settings):
        await wait_until(lambda: pool.fetchval("select true from shards"), what="expanded")
        await pool.execute("update shards set state = 'incident', changed_at = now()")
        set_database_clock(platform, 3 * DAY_S)
        await wait_until(lambda: pool.fetchval(since), what="it waits from now on")

        assert await pool.fetchval("select ended_at from submissions where id = $1", submission) is None
