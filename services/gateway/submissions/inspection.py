"""A submission with its shards, executions and history, for the organizer."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import WithParts
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries, submission_body

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
Body = dict[str, Any]


@router.get("/submissions/{submission_id}")
async def inspect_submission(submission_id: UUID, parts: WithParts, caller: Organizer) -> Body:
    """Return a submission with its shards, executions and history."""
    submission = await find_submission(parts, submission_id, caller)
    return {
        **submission_body(submission, caller.role, await parts.queue_estimates.find(submission)),
        "blob_sha256": submission["blob_sha256"],
        "priority": submission["priority"],
        "shards": [dict(row) async for row in queries.list_shards(parts.pool, submission_id=submission_id)],
        "events": [dict(row) async for row in queries.list_events(parts.pool, submission_id=submission_id)],
    }
