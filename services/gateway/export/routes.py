"""A phase's evaluations as a stream of lines, from which `arena export` writes a Bayesmark results folder."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import WithParts
from services.gateway.problems import Problem
from services.gateway.tables import EXPORT_LOSSES, EXPORT_STUDIES, queries
from shared.database import Pool

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
PREFETCHED_ROWS = 50


@router.get("/competitions/{slug}/phases/{phase}/export")
async def export_phase(
    slug: str, phase: str, parts: WithParts, _: Organizer, submission: UUID | None = None, only_losses: bool = False
) -> StreamingResponse:
    """Stream each team's counting submission, or the one named: a header line, then a line for every study.

    With `only_losses`, studies are without their suggestions and times.
    """
    row = await queries.phase_for_export(parts.pool, slug=slug, phase=phase)
    if row is None:
        raise Problem(404, f"There is no phase {phase!r} of a competition {slug!r}.")
    ids = [
        each["id"]
        async for each in queries.submissions_for_export(parts.pool, phase_id=row["id"], submission_id=submission)
    ]
    if submission is not None and not ids:
        raise Problem(409, f"Submission {submission} is not a scored submission of this phase.")
    boxes = [dict(each) async for each in queries.boxes_for_export(parts.pool, phase_id=row["id"])]
    query = EXPORT_LOSSES if only_losses else EXPORT_STUDIES
    return StreamingResponse(_lines(parts.pool, row, boxes, ids, query), media_type="application/x-ndjson")


async def _lines(
    pool: Pool, phase: asyncpg.Record, boxes: list[dict[str, Any]], submission_ids: list[UUID], query: str
) -> AsyncIterator[str]:
    header = {
        "competition": phase["slug"],
        "phase": phase["name"],
        "n_calls": phase["n_calls"],
        "n_suggestions": phase["n_suggestions"],
        "baseline": {"name": phase["baseline"], "version": phase["version"]},
        "boxes": boxes,
    }
    yield json.dumps(header) + "\n"
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        async for row in connection.cursor(query, submission_ids, prefetch=PREFETCHED_ROWS):
            yield json.dumps({**row, "submission_id": str(row["submission_id"])}) + "\n"
