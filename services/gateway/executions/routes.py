"""The organizer's routes for executions: whose each is, what it ran, when and where, what it used, how it ended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from arena.api.executions import ExecutionPage, ExecutionRecord
from arena.words.states import ExecutionState
from arena.words.verdicts import Verdict
from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import WithPool
from services.gateway.executions import tables
from services.gateway.executions.disclosure import show_execution, show_record
from services.gateway.executions.filters import check_names
from services.gateway.executions.lookup import find_execution
from services.gateway.executions.tables import ExecutionFilters
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, Number, PageLimit, decode_cursor, split_page

router = APIRouter(prefix="/api/v1/admin", tags=["executions"])
Filter = Annotated[str | None, Query(max_length=100)]


@router.get("/executions")
async def list_executions(
    pool: WithPool,
    _: Organizer,
    competition: Filter = None,
    phase: Filter = None,
    team: Filter = None,
    submission: UUID | None = None,
    box: Filter = None,
    runner: Filter = None,
    outcome: ExecutionState | None = None,
    verdict: Verdict | None = None,
    since: Moment | None = None,
    limit: PageLimit = PAGE_SIZE,
    cursor: Cursor = None,
) -> ExecutionPage:
    """Return executions, last released first. Those under way have the outcome `running` or `released`.

    A filter that names a competition, phase, team, submission, box or runner that does not exist is refused.
    """
    before = None if cursor is None else decode_cursor(cursor, tuple[Moment, UUID, Number])
    filters = ExecutionFilters(competition, phase, team, submission, box, runner, outcome, verdict, since)
    rows = await tables.list_executions(pool, filters, before, limit + 1)
    if not rows:
        await check_names(pool, filters)
    shown, following = split_page(rows, limit, lambda row: (row.released_at, row.shard_id, row.attempt))
    return ExecutionPage(executions=[show_execution(row) for row in shown], next=following)


@router.get("/executions/{execution}")
async def get_execution(execution: str, pool: WithPool, _: Organizer) -> ExecutionRecord:
    """Return everything stored of an execution: its studies, seeds and logs, what its score refers to, what ran it."""
    row = await find_execution(pool, execution)
    results = await tables.list_results(pool, row.shard_id, row.attempt)
    return show_record(row, results, await tables.list_logs(pool, row.shard_id, row.attempt))
