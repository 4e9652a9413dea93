"""How good the teams of a phase are at any budget, for whoever may see its leaderboard."""

from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from arena.api.leaderboard import Performance
from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithPerformances
from services.gateway.leaderboard.answers import NOT_MODIFIED, answer_tagged

router = APIRouter(prefix="/api/v1", tags=["leaderboard"])


@router.get("/competitions/{slug}/performance", response_model=Performance, responses=NOT_MODIFIED)
async def get_performance(
    slug: str,
    performances: WithPerformances,
    caller: Anyone,
    phase: str | None = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return how good the first 100 teams of a phase's leaderboard are at any budget.

    It is made of the visible losses of the submissions that the leaderboard shows. While the phase is frozen, only
    organizers see the current ones. With the answer's ETag as If-None-Match, the next answer is 304 without a body
    until another submission counts.
    """
    answer = await performances.answer(slug, phase, caller)
    return answer_tagged(answer.body, answer.tag, if_none_match)
