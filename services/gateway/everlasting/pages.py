"""The page of an everlasting benchmark."""

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.lookup import find_competition, visible_phases
from services.gateway.dependencies import WithLeaderboards, WithPool
from services.gateway.everlasting import tables
from services.gateway.everlasting.benchmark import find_benchmark
from services.gateway.website.rendering import render
from services.gateway.website.viewers import viewer_of

router = APIRouter(include_in_schema=False)
BOXES_SHOWN = 500
"""Black boxes on the page; the API has all of them."""


@router.get("/c/{slug}/everlasting")
async def everlasting_page(
    slug: str, pool: WithPool, leaderboards: WithLeaderboards, caller: Anyone, phase: str | None = None
) -> Response:
    """Show all entries of a reopened phase beside its frozen final, and what its black boxes are."""
    competition = await find_competition(pool, slug)
    benchmark = await find_benchmark(pool, leaderboards, competition, phase, caller)
    phases = await visible_phases(pool, competition, caller)
    return render(
        "everlasting.html.j2",
        viewer_of(caller),
        competition=competition,
        benchmark=benchmark,
        phase=next(each for each in phases if each.name == benchmark.phase),
        boxes=await tables.list_revealed(pool, competition.id, "", BOXES_SHOWN),
    )
