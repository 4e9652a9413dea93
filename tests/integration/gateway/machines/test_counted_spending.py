"""What ended submissions have cost is counted once: to ask for it reads none of the executions that there were."""

from services.dispatcher import tables as dispatcher_tables
from services.dispatcher.serving_tables import count_spent
from services.gateway.machines.tables import list_spending
from shared.database import Pool
from tests.support.rows_read import counting_rows
from tests.support.seeding import seed_phase, seed_submission

EXECUTE = """
    insert into executions (shard_id, attempt, runner_id, outcome, released_at, taken_at, ended_at)
    select id, 1, 'r', 'done', now(), now() - interval '2 hours', now() from shards
    on conflict do nothing
"""
END = "update submissions set state = 'scored', verdict = 'scored', ended_at = now() where ended_at is null"


async def test_what_ended_submissions_have_cost_is_counted_once_and_stays_the_same(pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=5)
    await seed_submission(pool, seeded, "a")
    await seed_submission(pool, seeded, "b")
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(EXECUTE)
    await pool.execute("update shards set state = 'done'")
    await pool.execute(END)
    before = {*await list_spending(pool, seeded.competition_id)}

    await count_spent(pool, 10)

    async with counting_rows(pool) as rows:
        assert {*await list_spending(rows.connection, seeded.competition_id)} == before
        assert await rows.of("executions") == 0
    found = {(each.team, each.executions, round(each.cpu_s)) for each in before}
    assert found == {("a", 20, 144_000), ("b", 20, 144_000)}


async def test_a_submission_is_not_counted_while_an_execution_of_it_may_come(pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=2)
    await seed_submission(pool, seeded)
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(END)
    await count_spent(pool, 10)
    await pool.execute(EXECUTE)
    await pool.execute("update shards set state = 'dropped'")

    await count_spent(pool, 10)

    spent = await list_spending(pool, seeded.competition_id)
    assert [(each.executions, round(each.cpu_s)) for each in spent] == [(2, 14_400)]
    assert await pool.fetchval("select executions from submissions") == 2
