"""How much work there is, as what starts runners reads it."""

import re

import httpx
from fastapi import FastAPI
from prometheus_client import generate_latest

from services.dispatcher import serving_tables, tables
from services.dispatcher.backlog import add_backlog_route
from services.dispatcher.measurements import measure_work
from shared.database import Pool
from shared.shard_class import ShardClass
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.dispatching import heartbeat, release


async def read_backlog(pool: Pool) -> httpx.Response:
    app = FastAPI()
    add_backlog_route(app, pool)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dispatcher") as client:
        return await client.get("/backlog")


async def test_the_backlog_counts_the_cpus_of_what_is_pending_released_and_running_and_of_nothing_else(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    await pool.execute("update phases set cpus = 2")
    first, second, ended = [await seed_submission(pool, seeded, name) for name in ("first", "second", "ended")]
    await pool.execute("update submissions set environment = 'modern' where id = $1", second)
    await tables.expand_waiting(dispatcher_pool)
    held, *_ = await release(dispatcher_pool, 3)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=60)
    done = "update shards set state = 'done' where submission_id = $1 and ordinal = 12"
    await pool.execute(done, first)
    await pool.execute(
        "update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now() where id = $1", ended
    )

    answer = await read_backlog(dispatcher_pool)

    assert answer.json() == {
        "cpus": 46,
        "shards": 23,
        "environments": {"modern": 24, "small": 22},
        "families": {"sklearn": 46},
    }


async def test_the_backlog_tells_each_family_of_a_competition_also_one_without_work(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    await pool.execute("update black_boxes set family = 'bbob' where label in ('box-00', 'box-01')")
    await pool.execute("update black_boxes set family = 'ioh' where label = 'box-02'")
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)
    await pool.execute("update shards set state = 'done' where family = 'ioh'")

    answer = (await read_backlog(dispatcher_pool)).json()

    assert answer["families"] == {"bbob": 6, "ioh": 0, "sklearn": 3}
    assert (answer["cpus"], answer["environments"]) == (9, {"small": 9})


async def test_of_a_family_that_no_runner_has_one_shard_counts_and_of_the_others_all(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    await pool.execute("update black_boxes set family = 'bbob' where label in ('box-00', 'box-01')")
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)
    await serving_tables.mark_unserved(dispatcher_pool, ShardClass("small", 1, family="bbob"), -1, "no runner has it")

    assert (await read_backlog(dispatcher_pool)).json()["families"] == {"bbob": 1, "sklearn": 6}


async def test_an_empty_platform_wants_no_cpus(dispatcher_pool: Pool) -> None:
    assert (await read_backlog(dispatcher_pool)).json() == {"cpus": 0, "shards": 0, "environments": {}, "families": {}}


async def test_of_a_submission_that_no_runner_could_take_one_shard_counts_so_that_one_runner_looks_again(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)
    await serving_tables.mark_unserved(dispatcher_pool, ShardClass("small", 1), -1, "no runner has it")

    assert (await read_backlog(dispatcher_pool)).json()["cpus"] == 1


async def test_the_backlog_of_a_database_that_is_gone_is_an_error_and_not_zero(dispatcher_pool: Pool) -> None:
    await dispatcher_pool.close()

    answer = await read_backlog(dispatcher_pool)

    assert answer.status_code == 503
    assert "the database does not answer" in answer.json()["detail"]


async def test_an_environment_without_work_has_no_metric_any_more(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)

    await measure_work(dispatcher_pool, 60)
    told = re.findall(r'arena_cpus_wanted{environment="(.+)",family="(.+)"} (.+)', generate_latest().decode())
    assert told == [("small", "sklearn", "12.0")]

    await pool.execute("update shards set state = 'done'")
    await measure_work(dispatcher_pool, 60)
    assert "arena_cpus_wanted{" not in generate_latest().decode()
