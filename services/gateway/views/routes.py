"""What a leaderboard shows beside its ranks, for whoever may see the phase, and the counters of the platform."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from arena.api.views.boxes import BoxSpreads
from arena.api.views.counters import Counters
from arena.api.views.days import Days
from arena.api.views.head_to_head import HeadToHead
from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithCounters, WithViews
from services.gateway.leaderboard.answers import NOT_MODIFIED, LeaderboardAnswer, answer_tagged

router = APIRouter(prefix="/api/v1", tags=["leaderboard"])
IfNoneMatch = Annotated[str | None, Header()]
TeamName = Annotated[str, Query(max_length=200)]


@router.get("/competitions/{slug}/days", response_model=Days, responses=NOT_MODIFIED)
async def get_days(
    slug: str, views: WithViews, caller: Anyone, phase: str | None = None, if_none_match: IfNoneMatch = None
) -> Response:
    """Return the score and the rank of every team over the days of a phase, of the first 100.

    While the phase is frozen, only organizers see what came after the freeze.
    """
    return _respond(await views.days(slug, phase, caller), if_none_match)


@router.get("/competitions/{slug}/boxes", response_model=BoxSpreads, responses=NOT_MODIFIED)
async def get_boxes(
    slug: str, views: WithViews, caller: Anyone, phase: str | None = None, if_none_match: IfNoneMatch = None
) -> Response:
    """Return how the scores of the first 100 teams are spread on each black box of a phase, by its label."""
    return _respond(await views.boxes(slug, phase, caller), if_none_match)


@router.get("/competitions/{slug}/head-to-head", response_model=HeadToHead, responses=NOT_MODIFIED)
async def get_head_to_head(
    slug: str,
    views: WithViews,
    caller: Anyone,
    a: TeamName,
    b: TeamName,
    phase: str | None = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the counting submissions of two teams against each other, and how likely it is that a is better."""
    return _respond(await views.head_to_head(slug, phase, a, b, caller), if_none_match)


@router.get("/counters")
async def get_counters(counters: WithCounters, _: Anyone) -> Counters:
    """Return what all teams have made the platform do so far. It is counted at most once in ten seconds."""
    return await counters.load()


def _respond(answer: LeaderboardAnswer, if_none_match: str | None) -> Response:
    return answer_tagged(answer.body, answer.tag, if_none_match)
