"""A submission with its shards, executions and history, for the organizer."""

from uuid import UUID

from fastapi import APIRouter

from arena.api.operations import InspectedShard, InspectedSubmission, SubmissionEvent
from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import WithPool, WithQueueEstimates
from services.gateway.submissions import result_tables
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])


@router.get("/submissions/{submission_id}")
async def inspect_submission(
    submission_id: UUID, pool: WithPool, estimates: WithQueueEstimates, caller: Organizer
) -> InspectedSubmission:
    """Return a submission with its shards, executions and history."""
    row = await find_submission(pool, submission_id, caller)
    shown = show_submission(row, caller.role, await estimates.find(row.id, row.state))
    shards = await result_tables.list_shards(pool, submission_id)
    events = await result_tables.list_events(pool, submission_id)
    return InspectedSubmission(
        **shown.model_dump(),
        blob_sha256=row.blob_sha256,
        priority=row.priority,
        shards=[InspectedShard.model_validate(each, from_attributes=True) for each in shards],
        events=[SubmissionEvent.model_validate(each, from_attributes=True) for each in events],
    )
