"""What went wrong on the platform is listed, and may be tried again."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.dispatcher import serving_tables
from services.dispatcher import tables as dispatcher_tables
from shared.broker.connection import Broker
from shared.broker.publishing import RawMessage
from shared.broker.topology import DEAD, SUBMISSIONS
from shared.database import Pool
from shared.shard_class import ShardClass
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until


async def test_an_incident_is_listed_and_may_be_tried_again(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    identity = (await submit(await gateway.team("a"))).json()["id"]
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute("update shards set state = 'incident', failures = 3 where ordinal = 1")

    (incident,) = (await gateway.organizer.get("/api/v1/admin/incidents")).json()["incidents"]
    path = f"/api/v1/admin/incidents/{incident['shard_id']}/retry"
    assert (await gateway.organizer.post(path)).status_code == 202

    assert (incident["submission_id"], incident["box"]) == (identity, "box-01")
    row = await pool.fetchrow("select state, failures from shards where id = $1", UUID(incident["shard_id"]))
    assert row is not None
    assert tuple(row) == ("pending", 0)
    assert_problem(await gateway.organizer.post(path), 404)
    inspected = (await gateway.organizer.get(f"/api/v1/admin/submissions/{identity}")).json()
    assert len(inspected["shards"]) == 4
    assert inspected["events"][0]["event"] == "accepted"


async def test_an_incident_for_want_of_a_runner_says_what_is_missing_and_may_be_tried_again(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    await submit(await gateway.team("a"))
    await dispatcher_tables.expand_waiting(pool)
    modern = ShardClass("modern", 1)
    await pool.execute("update submissions set environment = 'modern'")
    await serving_tables.mark_unserved(pool, modern, 0, "expected a runner with modern")
    await serving_tables.mark_unserved(pool, modern, 0, "expected a runner with modern")

    (incident,) = (await gateway.organizer.get("/api/v1/admin/incidents")).json()["incidents"]
    assert (incident["detail"], incident["failures"]) == ("expected a runner with modern", 0)
    path = f"/api/v1/admin/incidents/{incident['shard_id']}/retry"
    assert (await gateway.organizer.post(path)).status_code == 202

    assert await pool.fetchval("select count(*) from shards where unserved is not null or state <> 'pending'") == 0
    assert await serving_tables.resume_served(pool, modern) == []


async def test_dead_letters_are_shown_with_their_reason_and_stay(gateway: Gateway, broker: Broker) -> None:
    await broker.publish_raw([RawMessage("submission.accepted", b"gibberish")])
    stop = asyncio.Event()

    async def ignore(_: Sequence[object]) -> None: ...

    async def is_dead() -> bool:
        return await broker.count_waiting(DEAD) == 1

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(SUBMISSIONS, ignore, stop, prefetch=10))
        await wait_until(is_dead, what="dead-lettered")
        stop.set()

    for _ in range(2):
        (letter,) = (await gateway.organizer.get("/api/v1/admin/dead-letters")).json()["dead_letters"]
        assert (letter["body"], letter["queue"], letter["key"]) == (
            "gibberish",
            SUBMISSIONS.name,
            "submission.accepted",
        )
        assert "cannot be read" in letter["reason"]
