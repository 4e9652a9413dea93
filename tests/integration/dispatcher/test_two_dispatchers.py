"""Two dispatchers at the same moment do what one does. The test holds a lock, so that both are in the middle of it."""

import asyncio

from arena.words.states import ShardState
from services.dispatcher import serving_tables, tables
from shared.database import Pool
from shared.shard_class import ShardClass
from tests.support.locks import locked, wait_for_waiting
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.dispatching import fail, release

TEAMS = "select from teams for update"
SUBMISSIONS = "select from submissions for update"
SHARDS = "select from shards for update"


async def test_two_dispatchers_never_release_more_than_the_window_together(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    for team in ("one", "two", "three"):
        await seed_submission(pool, seeded, team)
    await tables.expand_waiting(dispatcher_pool)

    async with asyncio.TaskGroup() as tasks, locked(pool, TEAMS):
        releases = [tasks.create_task(release(dispatcher_pool, 10)) for _ in range(2)]
        await wait_for_waiting(pool, 2)

    assert sorted(len(each.result()) for each in releases) == [0, 10]
    assert await pool.fetchval("select count(*) from shards where state = 'released'") == 10


async def test_what_one_dispatcher_has_released_leaves_room_for_another_to_fill(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)

    async with asyncio.TaskGroup() as tasks, locked(pool, TEAMS):
        first = tasks.create_task(release(dispatcher_pool, 4))
        await wait_for_waiting(pool, 1)
        second = tasks.create_task(release(dispatcher_pool, 6))
        await wait_for_waiting(pool, 2)

    assert (len(first.result()), len(second.result())) == (4, 2)
    assert not {*first.result()} & {*second.result()}


async def test_a_submission_that_no_runner_can_take_is_one_incident_for_two_dispatchers(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)
    usual = ShardClass("small", 1)

    async with asyncio.TaskGroup() as tasks, locked(pool, SUBMISSIONS):
        marks = [
            tasks.create_task(serving_tables.mark_unserved(dispatcher_pool, usual, -1, "no runner")) for _ in range(2)
        ]
        await wait_for_waiting(pool, 2)

    assert [each.id for mark in marks for each in mark.result()] == [submission]
    assert await pool.fetchval("select count(*) from shards where state = 'incident'") == 1
    assert await pool.fetchval("select count(*) from submission_events where event = 'incident'") == 1


async def test_a_failure_that_two_dispatchers_find_counts_once(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    (held,) = await release(dispatcher_pool)

    async with asyncio.TaskGroup() as tasks, locked(pool, SHARDS):
        failures = [tasks.create_task(fail(dispatcher_pool, held)) for _ in range(2)]
        await wait_for_waiting(pool, 2)

    assert {each.result() for each in failures} == {ShardState.PENDING, None}
    assert await pool.fetchval("select failures from shards") == 1
    assert await pool.fetchval("select count(*) from executions") == 1


async def test_a_submission_that_two_dispatchers_find_overdue_ends_once(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool))

    async with asyncio.TaskGroup() as tasks, locked(pool, SUBMISSIONS):
        failed = [tasks.create_task(tables.fail_overdue(dispatcher_pool, -1, 3600)) for _ in range(2)]
        await wait_for_waiting(pool, 2)

    assert [each.id for found in failed for each in found.result()] == [submission]
    assert await pool.fetchval("select count(*) from submission_events where event = 'failed'") == 1


async def test_two_dispatchers_make_the_shards_of_a_submission_once(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=4, studies_per_box=3))

    async with asyncio.TaskGroup() as tasks, locked(pool, SUBMISSIONS):
        for _ in range(2):
            tasks.create_task(tables.expand_waiting(dispatcher_pool))
        await wait_for_waiting(pool, 2)

    assert await pool.fetchval("select count(*) from shards") == 12


async def test_what_ended_is_dropped_once_by_two_dispatchers(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)
    await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")
    await pool.execute("update shards set state = 'running', attempt = 1")

    async with asyncio.TaskGroup() as tasks, locked(pool, SHARDS):
        for _ in range(2):
            tasks.create_task(tables.drop_shards(dispatcher_pool, [submission]))
        await wait_for_waiting(pool, 2)

    assert await pool.fetchval("select count(*) from executions where outcome = 'stopped'") == 4
