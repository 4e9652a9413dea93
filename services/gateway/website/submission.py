"""The page of one submission: its black boxes and studies while they run, and for the organizer what ran them."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.words.scopes import Scope
from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries, submission_body
from services.gateway.website.rendering import render
from services.gateway.website.viewers import find_viewer, to_sign_in

router = APIRouter(include_in_schema=False)


@router.get("/submissions/{submission_id}")
async def submission_page(submission_id: UUID, request: Request, parts: WithParts, caller: Anyone) -> Response:
    """Show a submission to its team or an organizer, live."""
    if caller.role == "anyone":
        return to_sign_in(request)
    if Scope.READ not in caller.scopes:
        raise Problem(403, "This page needs a token with the scope 'read'; sign in with another token.")
    submission = await find_submission(parts, submission_id, caller)
    phase = await queries.phase_of_page(parts.pool, phase_id=submission["phase_id"])
    boxes = [row["label"] async for row in queries.boxes_of_page(parts.pool, phase_id=submission["phase_id"])]
    data = {
        "submission": submission_body(submission, caller.role, await parts.queue_estimates.find(submission)),
        "boxes": boxes,
        "first_study": phase["first_study"],
        "studies_per_box": phase["studies_per_box"],
        "study_timeout_s": phase["study_timeout_s"],
        "may_act": bool({Scope.SUBMIT, Scope.MANAGE} & caller.scopes),
        "is_organizer": caller.role == "organizer",
        "has_logs": submission["practice"] and caller.role == "team",
    }
    return render(
        "submission.html.j2",
        await find_viewer(parts, caller),
        competition=await find_competition(parts, submission["competition"]),
        data=data,
        submission=submission,
    )
