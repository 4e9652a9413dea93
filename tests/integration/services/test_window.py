"""How much work there is does not depend on the window, and neither does how many runners get some of it."""

import time
from uuid import uuid4

from prometheus_client import REGISTRY

from arena.words.verdicts import Verdict
from benchmarks.stack.null_engine import NullEngine
from services.dispatcher.service import RESULTS_WAITING_MOST, Dispatcher
from services.dispatcher.serving_tables import count_backlog
from services.dispatcher.tables import expand_waiting, record_heartbeat
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.database import Pool, connect_database
from shared.messages import StudyFatal
from shared.shard_class import MEBIBYTE, USUAL_MEMORY_MIB
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.classes import accept_in, runner_with
from tests.support.services.dispatching import heartbeat, release
from tests.support.services.fake_slots import SlowSlot
from tests.support.services.pipeline import control, running
from tests.support.waiting import wait_until

WINDOW, SLOTS, SHARDS = 3, 12, 20


async def test_all_slots_get_busy_at_once_though_no_more_than_the_window_wait_on_the_broker(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(release_window=WINDOW)
    await accept_in(pool, broker, await seed_phase(pool, boxes=4, studies_per_box=SHARDS // 4), "small")
    engine = NullEngine(memory_bytes=SLOTS * USUAL_MEMORY_MIB * MEBIBYTE)
    slots = [SlowSlot() for _ in range(SLOTS)]
    filled = "select count(*) = $1 from shards where state = 'released'"

    async with control(settings):
        await wait_until(lambda: pool.fetchval(filled, WINDOW), what="released")
        (backlog,) = await count_backlog(pool)
        assert backlog.cpus == SHARDS, "whoever starts runners sees all of it while there is none"

        async with running(runner_with(runner_broker, blobs, settings, engine, *slots).run):
            for slot in slots:
                await slot.started.wait()
            full = "select count(*) = $1 from shards where state = 'running'"
            await wait_until(lambda: pool.fetchval(full, SLOTS), what="the table knows that all run")
            await wait_until(lambda: pool.fetchval(filled, WINDOW), what="more wait")
            (backlog,) = await count_backlog(pool)
            assert backlog.cpus == SHARDS, "those that run are counted, for whoever subtracts running runners"


async def test_while_results_wait_to_be_stored_nothing_is_released_and_no_lease_ends(
    pool: Pool, broker: Broker, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(lease_s=1, message_lost_s=1)
    await seed_submission(pool, await seed_phase(pool, boxes=4, studies_per_box=1))
    await expand_waiting(pool)
    (held,) = await release(pool, 1)
    await record_heartbeat(pool, heartbeat(held, runner_id="done"), 0)  # its lease is over, and its result may wait
    await broker.publish([heartbeat(runner_id="idle"), *(late_result() for _ in range(RESULTS_WAITING_MOST + 1))])
    started = time.time()

    async def leases_would_have_ended() -> bool:
        measured_at = REGISTRY.get_sample_value("arena_work_measured_timestamp_seconds") or 0.0
        return measured_at > started + 3 * settings.dispatcher.lease_s

    async with (
        await connect_database(settings.dispatcher.database_url) as dispatcher_pool,
        connect_broker(settings.dispatcher.broker_url) as dispatcher_broker,
        running(Dispatcher(dispatcher_pool, dispatcher_broker, settings.dispatcher).run),
    ):
        await wait_until(leases_would_have_ended, what="it has looked for leases that ended")
        states = await pool.fetch("select state, count(*) from shards group by state order by state")
        assert [tuple(row) for row in states] == [("pending", 3), ("running", 1)]

        async with control(settings):  # an aggregator, which stores what waits
            await wait_until(lambda: pool.fetchval("select bool_and(attempt > 0) from shards"), what="released")
            lost = "select true from executions where outcome = 'lease_expired' and shard_id = $1"
            await wait_until(lambda: pool.fetchval(lost, held.shard_id), what="a lease ends")


def late_result() -> StudyFatal:
    """Return a result of a submission that is gone."""
    return StudyFatal(
        submission_id=uuid4(),
        shard_id=uuid4(),
        box_id=uuid4(),
        attempt=1,
        runner_id="done",
        study=0,
        verdict=Verdict.OUT_OF_RANGE,
        stage="suggest",
        iteration=1,
        detail="",
    )
