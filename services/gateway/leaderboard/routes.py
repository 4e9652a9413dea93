"""The leaderboard of a phase, for whoever may see the phase."""

from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from arena.api.leaderboard import Leaderboard
from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithLeaderboards
from services.gateway.leaderboard.answers import NOT_MODIFIED, answer_tagged

router = APIRouter(prefix="/api/v1", tags=["leaderboard"])


@router.get("/competitions/{slug}/leaderboard", response_model=Leaderboard, responses=NOT_MODIFIED)
async def get_leaderboard(
    slug: str,
    leaderboards: WithLeaderboards,
    caller: Anyone,
    phase: str | None = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return the leaderboard of a phase, and the number of the change up to which it is current.

    While the phase is frozen, only organizers see the current one; others see it as it was when it was frozen. With the
    answer's ETag as If-None-Match, the next answer is 304 without a body until something changes.
    """
    answer = await leaderboards.answer(slug, phase, caller)
    return answer_tagged(answer.body, answer.tag, if_none_match)
