"""A submission's page: its black boxes and studies as they run, and for the organizer its executions."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.words.scopes import Scope
from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool, WithQueueEstimates
from services.gateway.submissions import result_tables
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission
from services.gateway.website.page_data import SubmissionData
from services.gateway.website.rendering import render
from services.gateway.website.viewers import check_may_read, to_sign_in, viewer_of

router = APIRouter(include_in_schema=False)


@router.get("/submissions/{submission_id}")
async def submission_page(
    submission_id: UUID, request: Request, pool: WithPool, estimates: WithQueueEstimates, caller: Anyone
) -> Response:
    """Show a submission to its team or an organizer, live."""
    if caller.role == "anyone":
        return to_sign_in(request)
    check_may_read(caller)
    row = await find_submission(pool, submission_id, caller)
    phase = await result_tables.phase_of_studies(pool, row.phase_id)
    data = SubmissionData(
        submission=show_submission(row, caller.role, await estimates.find(row.id, row.state)),
        boxes=await result_tables.labels_of_phase(pool, row.phase_id),
        first_study=phase.first_study,
        studies_per_box=phase.studies_per_box,
        may_act=bool({Scope.SUBMIT, Scope.MANAGE} & caller.scopes),
        is_organizer=caller.role == "organizer",
        has_logs=row.practice and caller.role == "team",
    )
    return render(
        "submission.html.j2",
        viewer_of(caller),
        competition=await find_competition(pool, row.competition),
        data=data,
        submission=row,
    )
