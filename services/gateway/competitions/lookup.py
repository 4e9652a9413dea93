"""Finds a competition and those of its phases that a caller may see."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Caller
from services.gateway.competitions import tables
from services.gateway.competitions.phases import say_closed
from services.gateway.competitions.tables import CompetitionRow, PhaseRow
from services.gateway.problems import Problem
from shared.database import Pool


async def find_competition(pool: Pool, slug: str) -> CompetitionRow:
    """Return a competition. Raises Problem 404 if there is none."""
    row = await tables.find_competition(pool, slug)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_COMPETITION, f"There is no competition {slug!r}.")
    return row


class KnownCompetition(Protocol):
    """A competition as far as its phases need it."""

    @property
    def id(self) -> UUID: ...

    @property
    def slug(self) -> str: ...


@dataclass(frozen=True)
class OwnCompetition:
    """The competition of a team that sends a request; the team's token names it."""

    id: UUID
    slug: str


async def visible_phases(pool: Pool, competition: KnownCompetition, caller: Caller) -> list[PhaseRow]:
    """Return the phases that a caller may see, in their order."""
    phases = await tables.list_phases(pool, competition.id)
    return [phase for phase in phases if caller.role == "organizer" or phase.visibility == "public"]


async def choose_phase(pool: Pool, competition: KnownCompetition, name: str | None, caller: Caller) -> PhaseRow:
    """Return the phase of this name; if `name` is None, the only open or the only one. Raises Problem 404 or 422."""
    phases = await visible_phases(pool, competition, caller)
    if name is not None:
        for phase in phases:
            if phase.name == name:
                return phase
        known = [phase.name for phase in phases]
        raise Problem(
            ProblemCode.NO_SUCH_PHASE,
            f"There is no phase {name!r} in {competition.slug}, which has {', '.join(known) or 'none'}.",
            phases=known,
        )
    open_phases = [phase for phase in phases if phase.is_open]
    for those in (open_phases, phases):
        if len(those) == 1:
            return those[0]
    if not open_phases:
        closed = ", ".join(map(say_closed, phases)) or "it has none"
        raise Problem(ProblemCode.NO_PHASE_OPEN, f"No phase of {competition.slug} is open: {closed}.")
    names = [phase.name for phase in open_phases]
    raise Problem(
        ProblemCode.PHASE_NEEDED,
        f"Expected phase=, because several phases are open: {', '.join(names)}.",
        open_phases=names,
    )
