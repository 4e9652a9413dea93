"""Finds out who views a page, and which phase of a competition it shows."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse

from services.gateway.accounts.callers import Caller
from services.gateway.accounts.tables import find_team_name
from services.gateway.competitions.lookup import choose_phase, find_competition, visible_phases
from services.gateway.competitions.tables import CompetitionRow, PhaseRow
from services.gateway.website.rendering import Viewer
from shared.database import Pool


@dataclass(frozen=True)
class PageContext:
    """A competition as its pages need it: the phases that the viewer may see, and the one shown, if any."""

    viewer: Viewer
    competition: CompetitionRow
    phases: list[PhaseRow]
    phase: PhaseRow | None


async def find_viewer(pool: Pool, caller: Caller) -> Viewer:
    """Return the viewer that a caller is."""
    if caller.team_id is None:
        return Viewer(caller.role)
    name = await find_team_name(pool, caller.team_id)
    return Viewer(caller.role, name.team, name.slug)


async def find_page_context(pool: Pool, caller: Caller, slug: str, name: str | None) -> PageContext:
    """Return a competition and the phase of this name, else an open one, else the last. Raises Problem 404."""
    competition = await find_competition(pool, slug)
    phases = await visible_phases(pool, competition, caller)
    usual = [phase for phase in phases if phase.is_open and not phase.practice] or phases[-1:]
    phase = await choose_phase(pool, competition, name, caller) if name else usual[0] if usual else None
    return PageContext(await find_viewer(pool, caller), competition, phases, phase)


def to_sign_in(request: Request) -> RedirectResponse:
    """Redirect to the sign-in page, which comes back here afterwards."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?to={quote(address)}", 303)
