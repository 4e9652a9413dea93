"""Finds out who views a page, and which phase of a competition it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse

from arena.words.problems import ProblemCode
from arena.words.scopes import Scope
from services.gateway.accounts.callers import Caller
from services.gateway.competitions.lookup import choose_phase, find_competition, visible_phases
from services.gateway.competitions.tables import CompetitionRow, PhaseRow
from services.gateway.everlasting.tables import find_reopened_at
from services.gateway.problems import Problem
from services.gateway.website.rendering import Viewer
from shared.database import Pool


@dataclass(frozen=True)
class PageContext:
    """A competition as its pages need it: the phases that the viewer may see, and the one shown, if any.

    `reopened_at` is since when that one is an everlasting benchmark, if it is one.
    """

    viewer: Viewer
    competition: CompetitionRow
    phases: list[PhaseRow]
    phase: PhaseRow | None
    reopened_at: datetime | None = None

    @property
    def shows_logs(self) -> bool:
        """Whether teams read what their optimizers wrote in the phase."""
        return self.phase is not None and (self.phase.practice or self.reopened_at is not None)


def viewer_of(caller: Caller) -> Viewer:
    """Return the viewer that a caller is."""
    return Viewer(caller.role, caller.team, caller.slug, caller.person)


def usual_phase(phases: Sequence[PhaseRow]) -> PhaseRow | None:
    """Return the phase that a page shows unless asked for another: an open one that is no practice, else the last."""
    usual = [phase for phase in phases if phase.is_open and not phase.practice] or phases[-1:]
    return usual[0] if usual else None


async def find_page_context(pool: Pool, caller: Caller, slug: str, name: str | None) -> PageContext:
    """Return a competition and the phase of this name, else an open one, else the last. Raises Problem 404."""
    competition = await find_competition(pool, slug)
    phases = await visible_phases(pool, competition, caller)
    phase = await choose_phase(pool, competition, name, caller) if name else usual_phase(phases)
    reopened_at = await find_reopened_at(pool, phase.id) if phase else None
    return PageContext(viewer_of(caller), competition, phases, phase, reopened_at)


def check_may_read(caller: Caller) -> None:
    """Raise Problem 403 unless a caller's token may read submissions."""
    if caller.role == "person":
        raise Problem(
            ProblemCode.WRONG_ROLE,
            "You are in no team yet: create or join one on the page of your account, /account.",
            role=caller.role,
        )
    if Scope.READ not in caller.scopes:
        raise Problem(
            ProblemCode.MISSING_SCOPE,
            "This page needs a token with the scope 'read'; sign in with another token.",
            scope=Scope.READ,
        )


def to_sign_in(request: Request) -> RedirectResponse:
    """Redirect to the sign-in page, which comes back here afterwards."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?to={quote(address)}", 303)
