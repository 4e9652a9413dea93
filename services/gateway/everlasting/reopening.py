"""Reopens a phase: only once nothing depends any more on what is then revealed."""

from arena.words.problems import ProblemCode
from arena.words.text import say_time
from services.gateway.competitions.tables import PhaseRow
from services.gateway.everlasting import tables
from services.gateway.problems import Problem
from services.gateway.submissions.tables import next_change
from shared.database import Connection
from shared.messages import PhaseChanged

ATTEMPTS_PER_DAY, ACTIVE_SUBMISSIONS = 10, 2
"""For a phase without quotas: in a final nobody submits, and an everlasting benchmark is open to everybody."""


async def reopen_phase(connection: Connection, phase: PhaseRow) -> PhaseChanged | None:
    """Reopen a phase; returns what to announce, or None if it was reopened before. Raises Problem 409."""
    change = await next_change(connection, phase.id)
    if await tables.find_reopened_at(connection, phase.id) is not None:
        return None
    await _require_end(connection, phase)
    await tables.reopen(connection, phase.id, attempts_per_day=ATTEMPTS_PER_DAY, active_submissions=ACTIVE_SUBMISSIONS)
    return PhaseChanged(phase_id=phase.id, change=change)


async def _require_end(connection: Connection, phase: PhaseRow) -> None:
    if phase.practice:
        raise Problem(ProblemCode.PHASE_NOT_ENDED, f"{phase.name} is a practice phase; its black boxes are no secret.")
    still_open = await tables.list_open_phases(connection, phase.competition_id)
    if still_open:
        told = [f"{each.name} closes {_time_of(each)}" for each in still_open]
        raise Problem(
            ProblemCode.PHASE_NOT_ENDED,
            f"Reopening reveals the black boxes of the whole competition, so its phases must have closed: "
            f"{', '.join(told)}. Set closes_at in the competition's file and apply it.",
        )
    if unended := await tables.count_unended(connection, phase.competition_id):
        raise Problem(
            ProblemCode.SUBMISSIONS_UNENDED,
            f"{unended} submission{' has' if unended == 1 else 's have'} not ended; reopen when all have.",
            unended=unended,
        )
    if not await tables.has_scored(connection, phase.id):
        raise Problem(ProblemCode.NOTHING_SCORED, f"{phase.name} has no scored submission, so it was no final.")


def _time_of(phase: tables.OpenPhase) -> str:
    return "never" if phase.closes_at is None else f"at {say_time(phase.closes_at)}"
