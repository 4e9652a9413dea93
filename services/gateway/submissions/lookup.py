"""A submission, for whoever may see it."""

from uuid import UUID

import asyncpg

from services.gateway.accounts.callers import Caller
from services.gateway.dependencies import Parts
from services.gateway.problems import Problem
from services.gateway.tables import queries


async def find_submission(parts: Parts, submission_id: UUID, caller: Caller) -> asyncpg.Record:
    """Return a submission's row; 404 when there is none, or it is another team's, or a copy in a hidden phase."""
    row: asyncpg.Record | None = await queries.find_submission(parts.pool, id=submission_id)
    is_hidden = row is not None and row["origin_id"] is not None and row["visibility"] == "organizer"
    if row is None or (caller.role == "team" and (row["team_id"] != caller.team_id or is_hidden)):
        raise Problem(404, f"There is no submission {submission_id}.")
    return row
