"""Two aggregators at the same moment do what one does. The test holds a lock, so that both are in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.aggregator.service import Aggregator
from shared.broker.connection import Broker, connect_broker
from shared.broker.topology import SUBMISSIONS
from shared.database import Pool, connect_database
from shared.messages import SubmissionAccepted
from shared.outbox import Outbox
from tests.support.locks import locked, wait_for_waiting
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.results import all_results
from tests.support.waiting import wait_until


@pytest.fixture
async def second(settings: PlatformSettings) -> AsyncIterator[Aggregator]:
    """Another aggregator, with connections of its own."""
    async with (
        await connect_database(settings.aggregator.database_url) as pool,
        connect_broker(settings.aggregator.broker_url) as broker,
    ):
        yield Aggregator(pool, broker, Outbox(pool, broker), result_batch=64)


@pytest.mark.parametrize("lock", ["submissions", "shards"])
async def test_results_that_come_to_two_aggregators_at_once_count_once(
    pool: Pool, aggregator: Aggregator, second: Aggregator, lock: str
) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    await aggregator.take_results(await all_results(pool, await seed_submission(pool, seeded)))
    results = await all_results(pool, await seed_submission(pool, seeded))

    async with asyncio.TaskGroup() as tasks, locked(pool, f"select from {lock} for no key update"):
        tasks.create_task(aggregator.take_results(results))
        tasks.create_task(second.take_results(results[::-1]))
        await wait_for_waiting(pool, 2)

    rows = await pool.fetch("select state, studies_done, suggest_errors, score from submissions order by created_at")
    assert tuple(rows[0]) == tuple(rows[1]), "as if one had taken them"
    assert (rows[1]["state"], rows[1]["studies_done"]) == ("scored", 6)
    assert await pool.fetchval("select count(*) from executions where outcome = 'done'") == 2 * 6
    assert await pool.fetchval("select sum(studies) from provenances") == 2 * 6
    assert await pool.fetchval("select count(*) from submission_events where event = 'scored'") == 2


async def test_the_halves_of_a_submission_that_come_to_two_aggregators_are_its_whole(
    pool: Pool, aggregator: Aggregator, second: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    submission = await seed_submission(pool, seeded)
    results = await all_results(pool, submission)

    async with asyncio.TaskGroup() as tasks, locked(pool, "select from submissions for update"):
        tasks.create_task(aggregator.take_results(results[:3]))
        tasks.create_task(second.take_results(results[3:]))
        await wait_for_waiting(pool, 2)

    assert await pool.fetchval("select state from submissions") == "scored"
    assert await pool.fetchval("select studies_done from submissions") == 6


async def test_two_relays_publish_each_message_of_the_outbox_once(
    pool: Pool, broker: Broker, settings: PlatformSettings
) -> None:
    messages, stop = [SubmissionAccepted(submission_id=uuid4()) for _ in range(500)], asyncio.Event()

    async def is_empty() -> bool:
        return await pool.fetchval("select count(*) = 0 from outbox") is True

    async with (
        connect_broker(settings.aggregator.broker_url) as second_broker,
        await connect_database(settings.aggregator.database_url) as second_pool,
        asyncio.TaskGroup() as tasks,
    ):
        relays = [Outbox(pool, broker), Outbox(second_pool, second_broker)]
        async with pool.acquire() as connection, connection.transaction():
            await relays[0].put(connection, messages)
        for relay in relays:
            tasks.create_task(relay.run_relay(stop))
        await wait_until(is_empty, what="all are published")
        stop.set()

    assert await broker.count_waiting(SUBMISSIONS) == 500
