"""Who looks at a page, and which phase of a competition is shown."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse

from services.gateway.accounts.callers import Caller
from services.gateway.competitions.lookup import choose_phase, find_competition, visible_phases
from services.gateway.dependencies import Parts
from services.gateway.tables import queries
from services.gateway.website.rendering import Viewer


@dataclass(frozen=True)
class Place:
    """A competition as its pages need it: what the viewer may see, and the phase that is shown, if there is one."""

    viewer: Viewer
    competition: asyncpg.Record
    phases: list[dict[str, Any]]
    phase: asyncpg.Record | None


async def find_viewer(parts: Parts, caller: Caller) -> Viewer:
    """Return who a caller is to a page."""
    if caller.team_id is None:
        return Viewer(caller.role)
    row = await queries.find_viewer(parts.pool, team_id=caller.team_id)
    return Viewer(caller.role, row["team"], row["slug"])


async def find_place(parts: Parts, caller: Caller, slug: str, name: str | None) -> Place:
    """Return a competition and the phase of this name, or else one that is open, or else the last; 404 without it."""
    competition = await find_competition(parts, slug)
    phases = await visible_phases(parts, competition, caller)
    usual = [phase for phase in phases if phase["is_open"] and not phase["practice"]] or phases[-1:]
    phase = await choose_phase(parts, competition, name, caller) if name else usual[0] if usual else None
    shown = [{"name": each["name"], "is_open": each["is_open"], "practice": each["practice"]} for each in phases]
    return Place(await find_viewer(parts, caller), competition, shown, phase)


def to_sign_in(request: Request) -> RedirectResponse:
    """Send someone who is not signed in to do so, and back."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?to={quote(address)}", 303)
