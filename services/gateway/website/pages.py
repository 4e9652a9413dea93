"""The pages that everybody sees, and how all pages come to the application."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.encoders import jsonable_encoder
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.gateway.accounts.callers import Anyone, Caller
from services.gateway.dependencies import Parts, WithParts
from services.gateway.leaderboard.ranking import Leaderboard
from services.gateway.tables import queries
from services.gateway.website import console, rules, sessions, submission, submitting
from services.gateway.website.rendering import ASSETS, ASSETS_ADDRESS, KEEP, VERSION, render
from services.gateway.website.viewers import Place, find_place, find_viewer

router = APIRouter(include_in_schema=False)


def add_website(app: FastAPI) -> None:
    """Add the pages and what they load."""
    for module_router in (router, console.router, rules.router, sessions.router, submission.router, submitting.router):
        app.include_router(module_router)
    app.mount(f"{ASSETS_ADDRESS}{VERSION}", Kept(directory=ASSETS), name="assets")


class Kept(StaticFiles):
    """Files that a browser keeps."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = KEEP
        return response


@router.get("/")
async def home_page(parts: WithParts, caller: Anyone) -> Response:
    """Show the competitions; where there is one, that one."""
    competitions = [row async for row in queries.list_competitions(parts.pool)]
    if len(competitions) == 1:
        return RedirectResponse(f"/c/{competitions[0]['slug']}", 303)
    return render("home.html.j2", await find_viewer(parts, caller), competitions=competitions)


@router.get("/c/{slug}")
async def leaderboard_page(slug: str, parts: WithParts, caller: Anyone, phase: str | None = None) -> Response:
    """Show a phase's leaderboard, live."""
    place = await find_place(parts, caller, slug, phase)
    data = await _board(parts, caller, place) if place.phase else None
    return render(
        "leaderboard.html.j2", place.viewer, competition=place.competition, data=data, phases=place.phases,
        phase=place.phase,
    )  # fmt: skip


async def _board(parts: Parts, caller: Caller, place: Place) -> dict[str, Any]:
    phase = place.phase
    assert phase is not None  # noqa: S101 - there is no board without one
    standings = await Leaderboard(parts.pool, phase["id"], present=caller.role == "organizer").load()
    places = [dict(row) async for row in queries.ranks_before(parts.pool, phase_id=phase["id"])]
    body: dict[str, Any] = jsonable_encoder(
        {
            "slug": place.competition["slug"],
            "phase": phase["name"],
            "change": standings.change,
            "frozen": standings.frozen_at is not None,
            "frozen_at": standings.frozen_at,
            "rows": standings.rows,
            "team": place.viewer.team,
            "before": {"phase": places[0]["phase"], "ranks": {row["team"]: row["rank"] for row in places}}
            if places
            else None,
        }
    )
    return body
