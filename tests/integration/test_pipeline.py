"""Dispatcher, runners and aggregator together on the real broker and database; the runners' slots have no containers.

What happens when a part is lost at the worst moment.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arena.sandbox.study import Fatal, InfrastructureFailure, StudyOutcome, StudySpec
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict
from benchmarks.stack.null_engine import FixedSlots, NullEngine, NullSlot
from services.aggregator.service import Aggregator
from services.dispatcher.service import Dispatcher
from services.runner.service import Runner
from services.runner.shard_run import StudySlot
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.broker.topology import SHARDS
from shared.database import Pool, connect_database
from shared.messages import (
    HeldShard,
    RunnerHeartbeat,
    ShardReleased,
    SubmissionAccepted,
    SubmissionEnded,
)
from shared.outbox import Outbox
from tests.support.backends import lose_everything
from tests.support.seeding import Seeded, seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.waiting import limited, wait_until

BLOB = "ab" * 32
QUICK: dict[str, Any] = {
    "lease_s": 60,
    "message_lost_s": 60,
    "sweep_interval_s": 0.2,
    "heartbeat_interval_s": 0.2,
    "engine_check_interval_s": 0.2,
    "grace_s": 0.5,
}
"""No lease runs out and no message counts as lost, however slow the machine is, but where a test says so."""


@pytest.fixture
def settings(database_url: str, broker_url: str, tmp_path: Path) -> PlatformSettings:
    return platform_settings(database_url, broker_url, tmp_path, **QUICK)


@pytest.fixture
async def blobs(settings: PlatformSettings) -> Blobs:
    blobs = Blobs(settings.runner.blob_url)
    await blobs.put(BLOB, b"a zip")
    return blobs


@pytest.fixture
async def runner_broker(settings: PlatformSettings) -> AsyncIterator[Broker]:
    """A runner's connection."""
    async with connect_broker(settings.runner.broker_url) as broker:
        yield broker


class SlowSlot(NullSlot):
    """Holds each study until told to go on."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.stopped = asyncio.Event()

    async def run_study(self, spec: StudySpec, zip_bytes: bytes, dataset_bytes: bytes = b"") -> StudyOutcome:
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        return await super().run_study(spec, zip_bytes, dataset_bytes)


class FailingSlot(NullSlot):
    """Ends each study with an error."""

    def __init__(self, error: Callable[[], Exception]) -> None:
        self._error = error

    async def run_study(self, *_: object) -> StudyOutcome:
        raise self._error()


class FatalAfterOne(NullSlot):
    """Finishes one study; the next is fatal, when it is told to go on."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self._finished = 0

    async def run_study(self, spec: StudySpec, zip_bytes: bytes, dataset_bytes: bytes = b"") -> StudyOutcome:
        if self._finished:
            await self.go.wait()
            raise Fatal(Verdict.PROCESS_DIED, "exit code 1")
        self._finished += 1
        return await super().run_study(spec, zip_bytes, dataset_bytes)


class RememberingSlot(NullSlot):
    """Keeps what it was handed for each data set."""

    def __init__(self) -> None:
        self.handed: set[tuple[str | None, bytes]] = set()

    async def run_study(self, spec: StudySpec, zip_bytes: bytes, dataset_bytes: bytes = b"") -> StudyOutcome:
        self.handed.add((spec.dataset_sha256, dataset_bytes))
        return await super().run_study(spec, zip_bytes, dataset_bytes)


class LateSlots(FixedSlots):
    """Has a slot for each CPU that is freed, and none before."""

    def __init__(self) -> None:
        super().__init__([])

    def free_a_cpu(self) -> None:
        self._closed.append(NullSlot())


class BrokenEngine(NullEngine):
    """Ready until it breaks down, and again when it has no reason not to be."""

    reason: str | None = None

    def break_down(self) -> InfrastructureFailure:
        self.reason = "self-test: seccomp is gone"
        return InfrastructureFailure("a container did not start")

    async def check(self, *, thorough: bool = False) -> str | None:  # noqa: ARG002
        return self.reason


@asynccontextmanager
async def running(*mains: Callable[[asyncio.Event], "asyncio._CoroutineLike[None]"]) -> AsyncIterator[asyncio.Event]:
    """Run services until the block ends; they stop as at SIGTERM."""
    stop = asyncio.Event()
    async with limited(), asyncio.TaskGroup() as tasks:
        for main in mains:
            tasks.create_task(main(stop))
        try:
            yield stop
        finally:
            stop.set()


@asynccontextmanager
async def control(settings: PlatformSettings) -> AsyncIterator[None]:
    """A dispatcher and an aggregator, each with the connections and the rights that are its own."""
    async with (
        await connect_database(settings.dispatcher.database_url) as first_pool,
        connect_broker(settings.dispatcher.broker_url) as first,
        await connect_database(settings.aggregator.database_url) as second_pool,
        connect_broker(settings.aggregator.broker_url) as second,
    ):
        aggregator = Aggregator(second_pool, second, Outbox(second_pool, second), result_batch=64)
        async with running(Dispatcher(first_pool, first, settings.dispatcher).run, aggregator.run):
            yield


def runner(broker: Broker, blobs: Blobs, settings: PlatformSettings, slots: Sequence[StudySlot]) -> Runner:
    return Runner(broker, blobs, NullEngine(), FixedSlots(slots), settings.runner)


async def is_scored(pool: Pool, submission: UUID) -> bool:
    return await pool.fetchval("select state = 'scored' from submissions where id = $1", submission) is True


async def accept(pool: Pool, broker: Broker, seeded: Seeded) -> UUID:
    submission = await seed_submission(pool, seeded, blob_sha256=BLOB)
    await broker.publish([SubmissionAccepted(submission_id=submission)])
    return submission


async def score_undisturbed(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings, seeded: Seeded
) -> float:
    """Return the score that a submission gets when nothing goes wrong."""
    submission = await accept(pool, broker, seeded)
    slots = [NullSlot(), NullSlot()]
    async with control(settings), running(runner(runner_broker, blobs, settings, slots).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    score: float = await pool.fetchval("select score from submissions where id = $1", submission)
    return score


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
        await broker.publish([RunnerHeartbeat(runner_id="silent", slots=1, ready=True, held=held)])
        taken.set()

    async with control(settings):
        await broker.consume(SHARDS, take, taken, prefetch=1)
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
    await blobs.put("cd" * 32, b"a file")
    await pool.execute("update black_boxes set dataset_sha256 = $2 where id = $1", seeded.boxes[0], "cd" * 32)
    submission = await accept(pool, broker, seeded)
    slot = RememberingSlot()

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")

    assert slot.handed == {("cd" * 32, b"a file"), (None, b"")}
