"""The pages beside the leaderboard: over the days, the black boxes, and two teams against each other."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithLeaderboards, WithPool
from services.gateway.website.page_data import ViewData
from services.gateway.website.rendering import render
from services.gateway.website.viewers import PageContext, find_page_context

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/days")
async def days_page(slug: str, pool: WithPool, caller: Anyone, phase: str | None = None) -> Response:
    """Show scores and ranks over the days, live."""
    return _render("days.html.j2", await find_page_context(pool, caller, slug, phase))


@router.get("/c/{slug}/boxes")
async def boxes_page(slug: str, pool: WithPool, caller: Anyone, phase: str | None = None) -> Response:
    """Show how scores are spread on each black box, live."""
    return _render("boxes.html.j2", await find_page_context(pool, caller, slug, phase))


@router.get("/c/{slug}/versus")
async def versus_page(
    slug: str,
    pool: WithPool,
    leaderboards: WithLeaderboards,
    caller: Anyone,
    phase: str | None = None,
    a: str | None = None,
    b: str | None = None,
) -> Response:
    """Show two teams against each other, live: those that were chosen, else the viewer's own, else the first two."""
    page = await find_page_context(pool, caller, slug, phase)
    teams: list[str] = []
    if page.phase is not None:
        ranked = await leaderboards.reader(page.phase.id, present=caller.role == "organizer").load()
        teams = [row.team for row in ranked.rows if row.rank is not None]
    return _render("versus.html.j2", page, teams, *_choose(teams, a, b, page.viewer.team))


def _choose(teams: Sequence[str], a: str | None, b: str | None, own: str | None) -> tuple[str | None, str | None]:
    first = next((each for each in (a, own, *teams) if each in teams), None)
    second = next((each for each in (b, *teams) if each in teams and each != first), None)
    return first, second


def _render(
    template: str, page: PageContext, teams: Sequence[str] = (), a: str | None = None, b: str | None = None
) -> Response:
    data = None
    if page.phase is not None:
        data = ViewData(
            slug=page.competition.slug,
            phase=page.phase.name,
            team=page.viewer.team,
            teams=list(teams),
            a=a,
            b=b,
        )
    return render(template, page.viewer, competition=page.competition, data=data, phases=page.phases, phase=page.phase)
