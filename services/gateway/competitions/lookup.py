"""Finds a competition and those of its phases that a caller may see."""

from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Caller
from services.gateway.competitions import tables
from services.gateway.competitions.tables import CompetitionRow, PhaseRow
from services.gateway.problems import Problem
from shared.database import Pool


async def find_competition(pool: Pool, slug: str) -> CompetitionRow:
    """Return a competition. Raises Problem 404 if there is none."""
    row = await tables.find_competition(pool, slug)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_COMPETITION, f"There is no competition {slug!r}.")
    return row


async def visible_phases(pool: Pool, competition: CompetitionRow, caller: Caller) -> list[PhaseRow]:
    """Return the phases that a caller may see, in their order."""
    phases = await tables.list_phases(pool, competition.id)
    return [phase for phase in phases if caller.role == "organizer" or phase.visibility == "public"]


async def choose_phase(pool: Pool, competition: CompetitionRow, name: str | None, caller: Caller) -> PhaseRow:
    """Return the phase of this name, or the only open one if `name` is None. Raises Problem 404 or 422."""
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
    if len(open_phases) != 1:
        names = [phase.name for phase in open_phases]
        raise Problem(
            ProblemCode.PHASE_NEEDED,
            f"Expected phase=, because not exactly one phase is open; open are: {', '.join(names) or 'none'}.",
            open_phases=names,
        )
    return open_phases[0]
