"""A runner without work ends by itself, and loses nothing; its slots have no containers."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pydantic import SecretStr

from arena.sandbox.study import StudyOutcome, StudySpec
from benchmarks.stack.null_engine import FixedSlots, NullSlot
from services.dispatcher import tables as dispatcher_tables
from services.dispatcher.release import shard_message
from services.runner.service import Runner
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.broker.topology import WorkQueue, shard_queue
from shared.database import Pool
from shared.messages import ShardReleased
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import BrokenEngine, SlowSlot
from tests.support.services.pipeline import BLOB, accept, control, is_scored, runner, running
from tests.support.waiting import limited, wait_until

SOON_S = 0.3


def in_another_thread(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do something while this thread, with the runner in it, stands still."""
    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    thread.join()


async def has_reader(broker_url: SecretStr, queue: WorkQueue) -> bool:
    async with await aio_pika.connect(broker_url.get_secret_value()) as connection:
        channel = await connection.channel()
        found = await channel.declare_queue(queue.name, passive=True)
        return (found.declaration_result.consumer_count or 0) > 0


async def is_empty(broker: Broker, queue: WorkQueue) -> bool:
    return await broker.count_waiting(queue) == 0


class LongSlot(NullSlot):
    """Has a study in hand for longer than the runner may be idle."""

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        await asyncio.sleep(2 * SOON_S)
        return await super().run_study(spec, zip_file, dataset_bytes)


class Moment(asyncio.Event):
    """The runner's `stop`: at the very moment when it is set, the broker hands the runner a shard."""

    def __init__(self, broker_url: SecretStr, shard: ShardReleased) -> None:
        super().__init__()
        self.has_come = False
        self._broker_url = broker_url
        self._shard = shard

    def set(self) -> None:
        in_another_thread(self._hand_over)
        super().set()

    async def _hand_over(self) -> None:
        queue = shard_queue(self._shard.shard_class)
        if not await has_reader(self._broker_url, queue):
            return
        async with connect_broker(self._broker_url) as broker:
            await broker.publish([self._shard])
            # It is in no queue any more, and the runner, which stands still, has not read it yet.
            await wait_until(lambda: is_empty(broker, queue), what="pushed to the runner")
        self.has_come = True


async def test_a_shard_that_arrives_when_an_idle_runner_ends_goes_back_to_its_queue(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1), blob_sha256=BLOB)
    await dispatcher_tables.expand_waiting(pool)
    [released], _ = await dispatcher_tables.release_fairly(pool, lambda _: 1)
    shard = shard_message(released)
    queue = shard_queue(shard.shard_class)
    await broker.declare([queue])
    idle_s, has_come = SOON_S, False

    while not has_come:  # else the runner had ended before it read the queue: let the next one live longer
        stop = Moment(settings.broker_url, shard)
        changed = settings.with_changes(exit_when_idle_s=idle_s)
        async with limited():
            await runner(runner_broker, blobs, changed, [NullSlot()]).run(stop)
        idle_s, has_come = 2 * idle_s, stop.has_come

    assert await broker.count_waiting(queue) == 1
    assert await pool.fetchval("select state from shards") == "released"
    async with control(settings), running(runner(runner_broker, blobs, settings, [NullSlot()]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    executions = await pool.fetch("select attempt, outcome from executions")
    assert [tuple(each) for each in executions] == [(1, "done")]


async def test_runners_that_end_when_idle_score_a_submission_and_never_end_with_a_study_in_hand(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    submission = await accept(pool, broker, await seed_phase(pool, boxes=2, studies_per_box=2))
    changed = settings.with_changes(exit_when_idle_s=SOON_S, grace_s=0.0)  # what is in hand at the end is handed back

    async with control(settings):
        while not await is_scored(pool, submission):  # as a scaler does that sees a backlog
            ending = runner(runner_broker, blobs, changed, [LongSlot(), LongSlot()])
            async with limited():
                await ending.run(asyncio.Event())
            assert ending.fault is None
        await wait_until(lambda: pool.fetchval("select bool_and(not ready) from runners"), what="gone in good order")

    assert await pool.fetchval("select count(*) from executions where outcome <> 'done'") == 0


async def test_a_runner_that_cannot_work_ends_and_says_why(
    runner_broker: Broker, blobs: Blobs, settings: PlatformSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runner.idleness.UNREADY_LIMIT_S", SOON_S)
    engine = BrokenEngine()
    engine.break_down()
    changed = settings.with_changes(exit_when_idle_s=SOON_S)
    ill = Runner(runner_broker, blobs, engine, FixedSlots([NullSlot()]), changed.runner)

    async with limited():
        await ill.run(asyncio.Event())

    assert ill.fault == "self-test: seccomp is gone"


async def test_a_runner_that_shuts_down_says_so_while_it_finishes_what_it_holds(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    await accept(pool, broker, await seed_phase(pool, boxes=1, studies_per_box=1))
    slot = SlowSlot()
    patient = settings.with_changes(grace_s=600.0)

    async with control(settings), running(runner(runner_broker, blobs, patient, [slot]).run) as stop:
        await slot.started.wait()
        stop.set()
        says = "select reason = 'the runner shuts down' and not ready from runners"
        await wait_until(lambda: pool.fetchval(says), what="not ready, and why")
        slot.go.set()
        await wait_until(lambda: pool.fetchval("select outcome = 'done' from executions"), what="done")


async def test_a_shard_that_comes_at_the_end_is_given_back_before_what_is_in_hand_is_finished(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=1), blob_sha256=BLOB)
    await dispatcher_tables.expand_waiting(pool)
    [first, second], _ = await dispatcher_tables.release_fairly(pool, lambda _: 2)
    queue = shard_queue(shard_message(first).shard_class)
    await broker.declare([queue])
    slow, stop = SlowSlot(), Moment(settings.broker_url, shard_message(second))
    await broker.publish([shard_message(first)])

    async with limited():
        changed = settings.with_changes(grace_s=600.0)
        ended = asyncio.create_task(runner(runner_broker, blobs, changed, [slow, NullSlot()]).run(stop))
        await slow.started.wait()
        stop.set()
        assert stop.has_come
        await wait_until(lambda: broker.count_waiting(queue), what="back in its queue")
        assert not ended.done()
        slow.go.set()
        await ended
