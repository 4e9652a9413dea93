"""What the dispatcher tells of all work and all runners."""

import time

from prometheus_client import REGISTRY

from services.dispatcher import tables
from services.dispatcher.measurements import measure_unserved, measure_work
from shared.database import Pool
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.dispatching import fail, heartbeat, release

LEASE_S = 60


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_open_shards_are_told_by_state_and_ended_ones_not_at_all(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=3))
    await tables.expand_waiting(dispatcher_pool)
    held, *_ = await release(dispatcher_pool, window=2)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), LEASE_S)

    await measure_work(dispatcher_pool, LEASE_S)

    labels, states = {"environment": "small", "family": "sklearn"}, ("pending", "released", "running")
    assert [told("arena_shards_open", **labels, state=state) for state in states] == [4, 1, 1]
    assert abs(time.time() - (told("arena_work_measured_timestamp_seconds") or 0)) < LEASE_S

    await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")
    await measure_work(dispatcher_pool, LEASE_S)
    assert told("arena_shards_open", **labels, state="pending") is None


async def test_an_incident_is_told_until_it_is_settled(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    for _ in range(3):
        await fail(dispatcher_pool, (await release(dispatcher_pool))[0])

    await measure_work(dispatcher_pool, LEASE_S)
    assert told("arena_incidents_open") == 1

    await pool.execute("update shards set state = 'pending'")
    await measure_work(dispatcher_pool, LEASE_S)
    assert told("arena_incidents_open") == 0


async def test_runners_are_told_by_whether_they_take_work_and_silent_ones_not_at_all(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    for name in ("one", "two", "sick", "silent"):
        beat = heartbeat(runner_id=name).model_copy(update={"ready": name != "sick"})
        await tables.record_heartbeat(dispatcher_pool, beat, LEASE_S)
    await pool.execute("update runners set seen_at = now() - interval '2 minutes' where id = 'silent'")

    await measure_work(dispatcher_pool, LEASE_S)

    assert [told("arena_runners", state=state) for state in ("ready", "unready")] == [2, 1]
    assert told("arena_runner_slots") == 4


def test_a_class_that_is_served_again_is_not_told_any_more() -> None:
    measure_unserved({"modern.2": 30})
    assert told("arena_unserved_seconds", shard_class="modern.2") == 30
    measure_unserved({})
    assert told("arena_unserved_seconds", shard_class="modern.2") is None
