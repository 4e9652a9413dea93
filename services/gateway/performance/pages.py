"""The page of how good teams are at any budget."""

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithPool
from services.gateway.website.page_data import PerformanceData
from services.gateway.website.rendering import render
from services.gateway.website.viewers import find_page_context

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/performance")
async def performance_page(slug: str, pool: WithPool, caller: Anyone, phase: str | None = None) -> Response:
    """Show how good the teams of a phase are at any budget; the page's script asks for the figures."""
    page = await find_page_context(pool, caller, slug, phase)
    data = None
    if page.phase is not None:
        data = PerformanceData(slug=slug, phase=page.phase.name, team=page.viewer.team)
    return render(
        "performance.html.j2",
        page.viewer,
        competition=page.competition,
        data=data,
        phases=page.phases,
        phase=page.phase,
    )
