"""What happens when a part is lost at the worst moment."""

import asyncio
from collections.abc import Sequence

from benchmarks.stack.null_engine import FixedSlots, NullSlot
from services.runner.service import Runner
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.broker.topology import shard_queue
from shared.database import Pool
from shared.messages import (
    HeldShard,
    ShardReleased,
)
from shared.shard_class import ShardClass
from tests.support.backends import lose_everything
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.dispatching import heartbeat
from tests.support.services.fake_slots import BrokenEngine, FailingSlot, SlowSlot
from tests.support.services.pipeline import BLOB, accept, control, is_scored, runner, running, score_undisturbed
from tests.support.waiting import wait_until


async def test_a_submission_whose_message_was_lost_is_found_in_the_tables(
    pool: Pool, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded, blob_sha256=BLOB)

    async with control(settings), running(runner(runner_broker, blobs, settings, [NullSlot()]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored without a message")


async def test_losing_the_broker_with_every_message_in_it_loses_no_work(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(lease_s=5, message_lost_s=5)
    seeded = await seed_phase(pool, boxes=4, studies_per_box=5)
    undisturbed = await score_undisturbed(pool, broker, runner_broker, blobs, settings, seeded)
    submission = await accept(pool, broker, seeded)
    vhost = settings.broker_url.get_secret_value().rsplit("/", 1)[1]
    slot = SlowSlot()

    async with (
        connect_broker(settings.runner.broker_url) as own,
        control(settings),
        running(runner(own, blobs, settings, [slot]).run),
    ):
        await slot.started.wait()
        await asyncio.to_thread(lose_everything, vhost)
        slot.go.set()
        await wait_until(lambda: is_scored(pool, submission), what="scored after the broker lost everything")

    assert await pool.fetchval("select score from submissions where id = $1", submission) == undisturbed
    assert await pool.fetchval("select max(failures) from shards") == 0


async def test_a_shard_whose_runner_died_is_run_by_another(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(lease_s=3)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    submission = await accept(pool, broker, seeded)
    slot = SlowSlot()
    never = asyncio.Event()

    async with control(settings):
        async with connect_broker(settings.runner.broker_url) as doomed:
            dying = asyncio.create_task(runner(doomed, blobs, settings.with_runner("dying"), [slot]).run(never))
            await slot.started.wait()
            await wait_until(lambda: pool.fetchval("select true from shards where state = 'running'"))
            dying.cancel()
            await asyncio.wait([dying])
        async with running(runner(runner_broker, blobs, settings.with_runner("other"), [NullSlot()]).run):
            await wait_until(lambda: is_scored(pool, submission), what="scored by the other runner")

    assert await pool.fetchval("select runner_id from studies") == "other"


async def test_a_shard_whose_runner_falls_silent_is_run_by_another_after_its_lease(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(lease_s=3)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    submission = await accept(pool, broker, seeded)
    taken = asyncio.Event()

    async def take(shards: Sequence[ShardReleased]) -> None:
        held = [HeldShard(shard_id=shard.shard_id, attempt=shard.attempt) for shard in shards]
        await broker.publish([heartbeat(*held, runner_id="silent")])
        taken.set()

    async with control(settings):
        await broker.publish([heartbeat(runner_id="silent")])
        await broker.consume(shard_queue(ShardClass("small", 1)), take, taken, prefetch=1)
        await wait_until(lambda: pool.fetchval("select true from shards where state = 'running'"), what="running")
        async with running(runner(runner_broker, blobs, settings.with_runner("other"), [NullSlot()]).run):
            await wait_until(lambda: is_scored(pool, submission), what="scored by the other runner")

    ended = await pool.fetch("select attempt, outcome, runner_id from executions order by attempt")
    first, *_, last = (tuple(row) for row in ended)
    assert (first, last[1:]) == ((1, "lease_expired", "silent"), ("done", "other"))


async def test_a_runner_that_shuts_down_hands_its_shard_back_and_it_costs_nothing(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    await accept(pool, broker, seeded)
    slot = SlowSlot()

    async with control(settings):
        async with running(runner(runner_broker, blobs, settings, [slot]).run):
            await slot.started.wait()
            await wait_until(lambda: pool.fetchval("select true from shards where state = 'running'"))
        await wait_until(
            lambda: pool.fetchval("select true from executions where outcome = 'handed_back'"), what="handed back"
        )

    assert slot.stopped.is_set()
    assert await pool.fetchval("select failures from shards") == 0


async def test_a_runner_whose_engine_is_broken_hands_its_shard_back_and_takes_no_more_until_it_is_well(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=3)
    submission = await accept(pool, broker, seeded)
    engine = BrokenEngine()
    slots = FixedSlots([FailingSlot(engine.break_down)])
    ill = Runner(runner_broker, blobs, engine, slots, settings.with_runner("ill").runner)

    async with connect_broker(settings.runner.broker_url) as second_broker, control(settings), running(ill.run):
        said = "select not ready and reason = 'self-test: seccomp is gone' from runners where id = 'ill'"
        await wait_until(lambda: pool.fetchval(said), what="stepped aside")
        well = runner(second_broker, blobs, settings.with_runner("well"), [NullSlot()])
        async with running(well.run):
            await wait_until(lambda: is_scored(pool, submission), what="scored by the other runner")
        engine.reason = None
        await wait_until(lambda: pool.fetchval("select ready from runners where id = 'ill'"), what="well again")

    assert await pool.fetchval("select sum(failures) from shards") == 0
    outcomes = await pool.fetch("select distinct outcome from executions where runner_id = 'ill'")
    assert [row["outcome"] for row in outcomes] == ["handed_back"]
