"""The view that says how much work is open, which dispatcher and gateway both read."""

import asyncpg
import pytest

from shared.database import Pool
from tests.support.backends import as_user
from tests.support.seeding import seed_phase, seed_submission


async def set_states(pool: Pool, *states: str) -> None:
    await pool.execute(
        """
        insert into shards (submission_id, box_id, ordinal, first_study, n_studies, state)
        select s.id, (select min(id::text)::uuid from black_boxes), each.n, each.n, 1, each.state
        from submissions s, unnest($1::text[]) with ordinality as each (state, n)
        """,
        states,
    )


@pytest.mark.parametrize("service", ["dispatcher", "gateway"])
async def test_the_backlog_counts_open_shards_by_what_a_runner_must_have(
    pool: Pool, database_url: str, service: str
) -> None:
    seeded = await seed_phase(pool)
    await seed_submission(pool, seeded)
    await pool.execute("update phases set cpus = 2")
    await set_states(pool, "pending", "pending", "pending", "released", "released", "running", "done", "incident")

    connection = await asyncpg.connect(as_user(service, database_url))
    try:
        rows = [dict(row) for row in await connection.fetch("select * from backlog")]
    finally:
        await connection.close()

    assert rows == [{"environment": "small", "cpus": 2, "pending": 3, "released": 2, "running": 1, "family": "sklearn"}]


async def test_shards_of_an_ended_submission_are_no_backlog(pool: Pool) -> None:
    seeded = await seed_phase(pool)
    await seed_submission(pool, seeded)
    await set_states(pool, "pending", "running")
    await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")

    assert await pool.fetch("select * from backlog") == []
