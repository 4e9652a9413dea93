"""Every execution on record: who, what, when, where, with which limits, what it used, and how it ended."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query

from arena.rules.seeds import optimizer_seed, study_seed
from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin", tags=["executions"])
NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9][0-9]{0,8})", re.ASCII)
NAME_CHARS = 100
PAGE, PAGE_LIMIT = 100, 1000

Body = dict[str, Any]
Filter = Annotated[str | None, Query(max_length=NAME_CHARS)]


def parse_name(name: str) -> tuple[UUID, int]:
    """Return the shard and the attempt of an execution's name, `SHARD_ID:ATTEMPT`; 404 for what is no such name."""
    match = NAME.fullmatch(name)
    if match is None:
        raise Problem(404, f"Expected an execution as SHARD_ID:ATTEMPT, got {name[:NAME_CHARS]!r}; list them first.")
    return UUID(match[1]), int(match[2])


async def find_execution(parts: Parts, name: str) -> asyncpg.Record:
    """Return all that is on record of an execution; 404 when there is none of this name."""
    shard_id, attempt = parse_name(name)
    row: asyncpg.Record | None = await queries.find_execution(parts.pool, shard_id=shard_id, attempt=attempt)
    if row is None:
        raise Problem(404, f"There is no execution {name}.")
    return row


@router.get("/executions")
async def list_executions(
    parts: WithParts,
    _: Organizer,
    competition: Filter = None,
    phase: Filter = None,
    team: Filter = None,
    submission: UUID | None = None,
    box: Filter = None,
    runner: Filter = None,
    outcome: Filter = None,
    verdict: Filter = None,
    since: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = PAGE,
    cursor: Filter = None,
) -> Body:
    """Return executions, those released last first; those under way have the outcome `running` or `released`.

    `cursor` is `next` of the page before; it is null on the last page.
    """
    before, before_shard, before_attempt = _parse_cursor(cursor)
    if since is not None and since.tzinfo is None:
        raise Problem(422, f"Expected since= with a time zone, as in 2026-01-31T12:00:00Z, got {since.isoformat()}.")
    async with parts.pool.acquire() as connection, connection.transaction(readonly=True):
        await queries.plan_for_these_parameters(connection)
        rows = [
            row
            async for row in queries.list_executions(
                connection,
                competition=competition,
                phase=phase,
                team=team,
                submission_id=submission,
                box=box,
                runner=runner,
                outcome=outcome,
                verdict=verdict,
                since=since,
                before=before,
                before_shard=before_shard,
                before_attempt=before_attempt,
                size=limit + 1,
            )
        ]
    shown = rows[:limit]
    more = len(rows) > limit
    return {"executions": [execution_body(row) for row in shown], "next": _cursor(shown[-1]) if more else None}


def _cursor(row: asyncpg.Record) -> str:
    return f"{row['released_at'].isoformat()}/{row['shard_id']}:{row['attempt']}"


def _parse_cursor(cursor: str | None) -> tuple[datetime | None, UUID | None, int | None]:
    if cursor is None:
        return None, None, None
    time, _, name = cursor.partition("/")
    try:
        before = datetime.fromisoformat(time)
    except ValueError as error:
        raise Problem(422, f"Expected cursor= as `next` of the page before, got {cursor!r}.") from error
    if before.tzinfo is None:
        raise Problem(422, f"Expected cursor= as `next` of the page before, got {cursor!r}.")
    return before, *parse_name(name)


def execution_body(row: Mapping[str, Any] | asyncpg.Record) -> Body:
    """Return an execution as the organizer sees it in a list; times of an optimizer are sums over its studies."""
    return {
        "id": f"{row['shard_id']}:{row['attempt']}",
        "shard_id": row["shard_id"],
        "attempt": row["attempt"],
        **{name: row[name] for name in ("competition", "phase", "team", "submission_id", "filename")},
        "phase_kind": row["kind"],
        **{name: row[name] for name in ("box", "model", "dataset", "metric", "first_study", "n_studies")},
        **{name: row[name] for name in ("studies_done", "studies_timed_out", "n_calls", "n_suggestions")},
        "runner": row["runner_id"],
        **{name: row[name] for name in ("outcome", "verdict", "detail", "released_at", "taken_at", "ended_at")},
        "limits": row["limits"],
        "usage": {
            "cpu_s": row["all_cpu_s"],
            "memory_peak_bytes": row["all_memory"],
            **{name: row[name] for name in ("construct_time_s", "suggest_time_s", "observe_time_s", "eval_time_s")},
        },
    }


@router.get("/executions/{execution}")
async def get_execution(execution: str, parts: WithParts, _: Organizer) -> Body:
    """Return all on record of an execution: its studies, seeds and logs, what its score refers to, what ran it."""
    row = await find_execution(parts, execution)
    key = {"shard_id": row["shard_id"], "attempt": row["attempt"]}
    seed, test_case = row["competition_seed"], f"{row['model']}_{row['dataset']}_{row['metric']}"
    finished = {each["study"]: dict(each) async for each in queries.studies_of_execution(parts.pool, **key)}
    logs = {each["study"]: each["log"] async for each in queries.logs_of_execution(parts.pool, **key)}
    studies = [
        {
            "study": study,
            "seed": study_seed(seed, test_case, study),
            "optimizer_seed": optimizer_seed(seed, test_case, study, row["blob_sha256"]),
            "finished": finished.get(study),
            "log": logs.get(study, ""),
        }
        for study in range(row["first_study"], row["first_study"] + row["n_studies"])
    ]
    return {
        **execution_body(row),
        **{name: row[name] for name in ("blob_sha256", "dataset_sha256", "revision", "origin_id", "competition_seed")},
        "baseline": None if row["baseline"] is None else {"name": row["baseline"], "version": row["baseline_version"]},
        "provenance": row["provenance"],
        "studies": studies,
    }
