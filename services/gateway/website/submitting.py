"""The page on which a team submits and watches its submissions. The organizer sees everybody's."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.api.live import SubmissionsMessage
from arena.words.limits import Limits
from arena.words.problems import ProblemCode
from arena.words.scopes import Scope
from arena.words.sizes import size_text
from services.gateway.accounts.callers import Anyone, Caller
from services.gateway.competitions.tables import PhaseRow
from services.gateway.dependencies import WithPool, WithQueueEstimates
from services.gateway.problems import Problem
from services.gateway.submissions.live_list import Watch
from services.gateway.website.page_data import SubmissionsData
from services.gateway.website.rendering import render
from services.gateway.website.viewers import PageContext, check_may_read, find_page_context, to_sign_in

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/submissions")
async def submissions_page(
    request: Request,
    slug: str,
    pool: WithPool,
    estimates: WithQueueEstimates,
    caller: Anyone,
    phase: str | None = None,
) -> Response:
    """Show a phase's submissions, live, and to a team the form for the next one."""
    if caller.role == "anyone":
        return to_sign_in(request)
    check_may_read(caller)
    page = await find_page_context(pool, caller, slug, phase)
    if caller.role == "team" and caller.competition_id != page.competition.id:
        raise Problem(
            ProblemCode.OTHER_COMPETITION,
            f"Your team does not take part in {slug}; your page is /c/{page.viewer.slug}/submissions.",
        )
    data, limits = None, Limits()
    if page.phase is not None:
        first = await Watch(pool, estimates, caller, page.phase.id).news()
        limits = Limits.model_validate(page.phase.limits)
        data = _data(page, page.phase, caller, first, limits.zip_limit_bytes)
    return render(
        "submissions.html.j2", page.viewer, competition=page.competition, data=data, phases=page.phases,
        phase=page.phase, zip_limit=size_text(limits.zip_limit_bytes), may_submit=_may_submit(caller),
    )  # fmt: skip


def _may_submit(caller: Caller) -> bool:
    return caller.role == "team" and Scope.SUBMIT in caller.scopes


def _data(
    page: PageContext, phase: PhaseRow, caller: Caller, first: SubmissionsMessage | None, zip_limit_bytes: int
) -> SubmissionsData:
    return SubmissionsData(
        slug=page.competition.slug,
        phase=phase.name,
        role="organizer" if caller.role == "organizer" else "team",
        may_submit=_may_submit(caller),
        may_act=bool({Scope.SUBMIT, Scope.MANAGE} & caller.scopes),
        shows_logs=caller.role == "organizer" or page.shows_logs,
        counting=phase.counting,
        zip_limit_bytes=zip_limit_bytes,
        zip_limit=size_text(zip_limit_bytes),
        is_open=phase.is_open,
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
        turns_in_s=_turns_in_s(phase, datetime.now(UTC)),
        first=first,
    )


def _turns_in_s(phase: PhaseRow, now: datetime) -> float | None:
    """Return in how many seconds a phase opens or closes. The browser's own clock may be wrong."""
    ahead = [at for at in (phase.opens_at, phase.closes_at) if at is not None and at > now]
    return min((at - now).total_seconds() for at in ahead) if ahead else None
