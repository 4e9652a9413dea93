"""Dispatcher, runners and aggregator together on the real broker and database; the runners' slots have no containers.

What happens when a part is lost at the worst moment.
"""

import hashlib

import pytest

from arena.sandbox.study import Fatal, InfrastructureFailure
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict
from benchmarks.stack.null_engine import NullEngine
from services.runner.service import Runner
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.database import Pool
from shared.messages import (
    SubmissionEnded,
)
from tests.support.seeding import seed_phase
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import FailingSlot, FatalAfterOne, LateSlots, RememberingSlot, SlowSlot
from tests.support.services.pipeline import accept, control, is_scored, runner, running, score_undisturbed
from tests.support.waiting import limited, wait_until


async def test_a_submission_is_scored_and_again_to_the_same_score(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=5, studies_per_shard=2)

    first = await score_undisturbed(pool, broker, runner_broker, blobs, settings, seeded)
    second = await score_undisturbed(pool, broker, runner_broker, blobs, settings, seeded)

    assert first == second
    assert await pool.fetch("select from shards where state <> 'done'") == []
    assert await pool.fetchval("select count(*) from executions where outcome = 'done'") == 2 * 4 * 3


async def test_a_runner_without_a_slot_works_as_soon_as_a_cpu_is_free_and_with_more_when_more_are(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=1)
    submission = await accept(pool, broker, seeded)
    slots = LateSlots()

    async with control(settings), running(Runner(runner_broker, blobs, NullEngine(), slots, settings.runner).run):
        await wait_until(lambda: pool.fetchval("select slots = 0 from runners"), what="known, without a slot")
        slots.free_a_cpu()
        await wait_until(lambda: is_scored(pool, submission), what="scored")
        slots.free_a_cpu()
        await wait_until(lambda: pool.fetchval("select slots = 2 from runners"), what="known, with two slots")


async def test_cancelling_stops_what_runs_and_drops_the_rest(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=3)
    submission = await accept(pool, broker, seeded)
    slot = SlowSlot()

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run):
        await slot.started.wait()
        await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")
        await broker.publish([SubmissionEnded(submission_id=submission, state=SubmissionState.CANCELLED)])
        async with limited():
            await slot.stopped.wait()
        await wait_until(lambda: pool.fetchval("select bool_and(state = 'dropped') from shards"), what="all dropped")


async def test_a_fatal_error_ends_the_submission_and_drops_its_other_shards(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=3)
    await accept(pool, broker, seeded)
    slot = FailingSlot(lambda: Fatal(Verdict.WRONG_COUNT, "expected 8 suggestions, got 7"))

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run):
        await wait_until(lambda: pool.fetchval("select state = 'failed' from submissions"), what="failed")
        await wait_until(lambda: pool.fetchval("select bool_and(state = 'dropped') from shards"), what="all dropped")

    row = await pool.fetchrow("select verdict, verdict_detail from submissions")
    assert row is not None
    assert tuple(row) == ("wrong_count", "expected 8 suggestions, got 7")


async def test_the_first_fatal_error_stops_the_submission_on_every_runner_and_keeps_what_was_measured(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=4)
    await accept(pool, broker, seeded)
    slow, failing = SlowSlot(), FatalAfterOne()

    async with connect_broker(settings.runner.broker_url) as second_broker, control(settings):
        first = runner(runner_broker, blobs, settings.with_runner("first"), [slow])
        second = runner(second_broker, blobs, settings.with_runner("second"), [failing])
        async with running(first.run, second.run):
            await slow.started.wait()
            await wait_until(lambda: pool.fetchval("select studies_done = 1 from submissions"), what="one study is in")
            failing.go.set()
            await wait_until(lambda: pool.fetchval("select state = 'failed' from submissions"), what="failed")
            async with limited():
                await slow.stopped.wait()
                await wait_until(lambda: pool.fetchval("select bool_and(state in ('done', 'dropped')) from shards"))

    assert await pool.fetchval("select count(*) from studies") == 1
    assert await pool.fetchval("select score is not null from submissions")


async def test_a_platform_that_keeps_failing_is_an_incident_and_not_the_team_s_fault(
    pool: Pool,
    broker: Broker,
    runner_broker: Broker,
    blobs: Blobs,
    settings: PlatformSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.dispatcher.service.RETRY_DELAY_S", 0.05)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    await accept(pool, broker, seeded)
    slot = FailingSlot(lambda: InfrastructureFailure("the engine is gone"))

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run):
        await wait_until(lambda: pool.fetchval("select state = 'incident' from shards"), what="incident")

    assert await pool.fetchval("select state from submissions") == "running"
    assert await pool.fetchval("select count(*) from executions where outcome = 'infrastructure_failure'") == 3


async def test_studies_on_the_organizers_data_are_handed_its_file(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2)
    dataset = hashlib.sha256(b"a file").hexdigest()
    await blobs.put(dataset, b"a file")
    await pool.execute("update black_boxes set dataset_sha256 = $2 where id = $1", seeded.boxes[0], dataset)
    submission = await accept(pool, broker, seeded)
    slot = RememberingSlot()

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")

    assert slot.handed == {(dataset, b"a file"), (None, b"")}
