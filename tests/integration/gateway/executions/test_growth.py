"""What is read for a page of executions does not grow with the executions that there were."""

from typing import Any

import pytest
from pydantic import SecretStr

from services.dispatcher import tables as dispatcher_tables
from services.gateway.executions.tables import ExecutionFilters, list_executions
from shared.database import Pool, connect_database
from tests.support.rows_read import rows_read_so_far
from tests.support.seeding import Seeded, seed_phase, seed_submission

MANY, PAGE = 5000, 20
NO_FILTERS = dict.fromkeys(ExecutionFilters.__annotations__)


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    """A phase with a submission of many executions that all ended well, and a later phase without any."""
    seeded = await seed_phase(pool, boxes=1, studies_per_box=MANY)
    await seed_submission(pool, seeded)
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(
        """
        insert into executions (shard_id, attempt, runner_id, outcome, released_at, taken_at)
        select id, 1, 'r', 'done', now() + make_interval(secs => ordinal), now() from shards
        """
    )
    await pool.execute("update shards set state = 'done', attempt = 1")
    await pool.execute(
        """
        insert into phases (
            competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
            studies_per_shard, limits
        )
        select
            competition_id, 'final', 1, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
            studies_per_shard, limits
        from phases
        """
    )
    return seeded


@pytest.mark.parametrize(
    ("filters", "found"),
    [({}, PAGE), ({"phase": "feedback"}, PAGE), ({"phase": "final"}, 0), ({"outcome": "fatal"}, 0)],
)
async def test_a_page_of_executions_reads_no_more_than_a_page(
    database_url: str, seeded: Seeded, filters: dict[str, Any], found: int
) -> None:
    assert seeded.phase_id
    pool = await connect_database(SecretStr(database_url), size=1)
    await pool.execute("vacuum analyze")
    before = await rows_read_so_far(pool, "executions")

    page = await list_executions(pool, ExecutionFilters(**{**NO_FILTERS, **filters}), None, PAGE)

    assert await rows_read_so_far(pool, "executions") - before <= 3 * PAGE
    assert len(page) == found
    await pool.close()
