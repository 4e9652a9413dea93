"""The public pages, and `add_website`, which adds all pages to the application."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from arena.api.leaderboard import BoardRow
from services.gateway.accounts.callers import Anyone
from services.gateway.announcements import pages as announcements
from services.gateway.announcements.pages import find_newest
from services.gateway.boards import embedding
from services.gateway.boards import pages as boards
from services.gateway.boards.lookup import list_visible_boards
from services.gateway.competitions.tables import PhaseRow
from services.gateway.dependencies import WithLeaderboards, WithPool
from services.gateway.everlasting import pages as everlasting
from services.gateway.generalization.access import may_see_generalization
from services.gateway.generalization.tables import find_reveal
from services.gateway.leaderboard.reader import RankedLeaderboard
from services.gateway.leaderboard.tables import RankBefore, ranks_before
from services.gateway.notices import pages as notices
from services.gateway.performance import pages as performance
from services.gateway.views import pages as views
from services.gateway.website import console, home, rules, sessions, submission, submitting
from services.gateway.website.markdown import render_markdown
from services.gateway.website.page_data import LeaderboardData, RanksBefore
from services.gateway.website.rendering import ASSETS_ADDRESS, KEEP, VERSION, render
from services.gateway.website.viewers import PageContext, find_page_context

router = APIRouter(include_in_schema=False)


def add_website(app: FastAPI) -> None:
    """Add the pages and the files that they load."""
    app.include_router(router)
    public = (announcements, boards, embedding, performance, everlasting, views)
    for module in (*public, console, home, notices, rules, sessions, submission, submitting):
        app.include_router(module.router)
    app.mount(f"{ASSETS_ADDRESS}{VERSION}", Kept(packages=[("services.gateway.website", "assets")]), name="assets")


class Kept(StaticFiles):
    """Static files that browsers may cache for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = KEEP
        return response


@router.get("/c/{slug}")
async def leaderboard_page(
    slug: str, pool: WithPool, leaderboards: WithLeaderboards, caller: Anyone, phase: str | None = None
) -> Response:
    """Show what a competition is about, and a phase's leaderboard, live."""
    page = await find_page_context(pool, caller, slug, phase)
    data = None
    if page.phase is not None:
        reader = leaderboards.reader(page.phase.id, present=caller.role == "organizer")
        before = await ranks_before(pool, page.phase.id)
        is_revealed = await find_reveal(pool, page.phase.id) is not None
        told = may_see_generalization(caller, is_revealed=is_revealed)
        baselines = await leaderboards.load_baseline_rows(page.phase)
        data = _data(page, page.phase, await reader.load(), baselines, before, generalization=told)
    found = await list_visible_boards(pool, page.competition, caller)
    return render(
        "leaderboard.html.j2", page.viewer, competition=page.competition, data=data, phases=page.phases,
        phase=page.phase, description=render_markdown(page.competition.description),
        boards=[each.board for each in found], board=None,
        reopened_at=page.reopened_at, news=await find_newest(pool, page.competition.id),
    )  # fmt: skip


def _data(
    page: PageContext,
    phase: PhaseRow,
    ranked: RankedLeaderboard,
    baselines: Sequence[BoardRow],
    before: list[RankBefore],
    *,
    generalization: bool,
) -> LeaderboardData:
    ranks = {each.team: each.rank for each in before}
    return LeaderboardData(
        slug=page.competition.slug,
        phase=phase.name,
        change=ranked.change,
        frozen=ranked.frozen_at is not None,
        frozen_at=ranked.frozen_at,
        rows=ranked.rows,
        baseline_rows=list(baselines),
        team=page.viewer.team,
        before=RanksBefore(phase=before[0].phase, ranks=ranks) if before else None,
        generalization=generalization,
    )
