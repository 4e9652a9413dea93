"""A phase's studies in Postgres, read row by row."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID

from shared.database import Pool, fetch_all, load_queries

queries = load_queries(files("services.gateway.export") / "queries.sql")


@dataclass(frozen=True)
class ExportBoxRow:
    """A black box by its real name; the signature is None until a study has run on it."""

    box: str
    model: str
    dataset: str
    metric: str
    signature: list[float] | None
    family: str


async def list_boxes(pool: Pool, phase_id: UUID) -> list[ExportBoxRow]:
    """Return the black boxes of a phase."""
    return await fetch_all(ExportBoxRow, queries.boxes_for_export(pool, phase_id=phase_id))


async def list_submissions(pool: Pool, phase_id: UUID, submission_id: UUID | None) -> list[UUID]:
    """Return each team's counting submission, or the one asked for if it is scored."""
    rows = queries.submissions_for_export(pool, phase_id=phase_id, submission_id=submission_id)
    return [row["id"] async for row in rows]


async def stream_studies(pool: Pool, submission_ids: list[UUID], *, only_losses: bool) -> AsyncIterator[dict[str, Any]]:
    """Yield the studies of submissions, with or without their times and suggestions.

    These are dicts, not dataclasses: a phase may have 15 million studies, and each only becomes a line of JSON.
    """
    select = queries.study_losses_cursor if only_losses else queries.whole_studies_cursor
    async with (
        pool.acquire() as connection,
        connection.transaction(readonly=True),
        select(connection, submission_ids=submission_ids) as cursor,
    ):
        async for row in cursor:
            yield dict(row)
