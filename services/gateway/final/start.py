"""Starts a final: sets the number of studies of its phases, and copies the best teams' submissions into them."""

from collections.abc import Sequence
from uuid import UUID

from arena.api.problems import InvalidField
from arena.api.reruns import FinalRequest
from arena.version import code_version
from arena.words.problems import ProblemCode
from services.gateway.competitions.apply_tables import lock_whole_competition
from services.gateway.competitions.phases import no_phase
from services.gateway.competitions.tables import (
    PhaseRow,
    find_last_document,
    find_phase,
    insert_revision,
    is_phase_used,
)
from services.gateway.final import tables
from services.gateway.final.finalists import find_other_differences, select_copies
from services.gateway.problems import Problem, invalid_request
from services.gateway.submissions.tables import copy_submissions, next_change
from shared.database import Connection
from shared.messages import PhaseChanged, SubmissionAccepted


async def start(
    connection: Connection, origin: PhaseRow, wanted: FinalRequest
) -> tuple[list[UUID], list[SubmissionAccepted | PhaseChanged]]:
    """Add what the final lacks; returns the new submissions and the messages to announce. Raises Problem."""
    await lock_whole_competition(connection, origin.competition)
    phases = await _find_phases(connection, origin.competition, wanted)
    await _check_ended(connection, origin, wanted)
    entrants = {row.team_id: row.id for row in await tables.list_top(connection, origin.id, wanted.top)}
    copies: list[UUID] = []
    changes: list[PhaseChanged] = []
    for phase in phases:
        await _set_studies(connection, phase, wanted.studies)
        present = await tables.list_finalists(connection, phase.id)
        if not entrants and not present:
            raise Problem(
                ProblemCode.NOTHING_SCORED,
                "Expected scored submissions in the first phase, got none; nobody is in the final.",
            )
        selected = select_copies(entrants, present)
        await _check_environments(connection, phase, selected)
        copies += await copy_submissions(connection, selected, phase.id)
        changes.append(PhaseChanged(phase_id=phase.id, change=await next_change(connection, phase.id)))
        # Whoever is in the final is in its second phase, with the same zip, whatever counts in the first phase by now.
        entrants = {row.team_id: row.origin_id for row in await tables.list_finalists(connection, phase.id)}
    return copies, [*(SubmissionAccepted(submission_id=each) for each in copies), *changes]


async def _find_phases(connection: Connection, competition: str, wanted: FinalRequest) -> list[PhaseRow]:
    """Return the final's phase, and the second one if there is one. Raises Problem 404 or 422."""
    phases = []
    for name in filter(None, (wanted.phase, wanted.second_phase)):
        phase = await find_phase(connection, competition, name)
        if phase is None:
            raise no_phase(competition, name)
        phases.append(phase)
    if len(phases) == 2 and (differing := find_other_differences(*phases)):
        what = (
            f"expected a phase that differs from {wanted.phase} in parameter_names and in nothing that scores depend "
            f"on, got one that {_say_differences(differing)}"
        )
        raise invalid_request(InvalidField(where="body.second_phase", what=what))
    return phases


def _say_differences(differing: list[str]) -> str:
    same = ["has the same parameter_names"] if "parameter_names" in differing else []
    others = [name for name in differing if name != "parameter_names"]
    return " and ".join([*same, *([f"has other {', '.join(others)}"] if others else [])])


async def _check_ended(connection: Connection, origin: PhaseRow, wanted: FinalRequest) -> None:
    unended = await tables.count_unended(connection, origin.id)
    if unended and not wanted.even_if_unended:
        raise Problem(
            ProblemCode.SUBMISSIONS_UNENDED,
            f"Expected every submission of phase {origin.name} to have ended, but {unended} have not. "
            "Wait for them or cancel them, or ask to go on without them.",
            unended=unended,
        )


async def _check_environments(connection: Connection, phase: PhaseRow, selected: Sequence[UUID]) -> None:
    """Raise Problem 409 unless the final allows the environments in which its finalists run."""
    missing = await tables.list_disallowed(connection, selected, phase.id)
    if missing:
        allowed = ", ".join(phase.environments)
        theirs = "; ".join(f"{environment} ({', '.join(teams)})" for environment, teams in missing.items())
        raise Problem(
            ProblemCode.ENVIRONMENTS_MISSING,
            f"Expected finalists in environments that phase {phase.name} allows ({allowed}), got {theirs}. "
            "Add these to the phase's environments and apply the competition, then start the final again.",
            environments=phase.environments,
            finalists=missing,
        )


async def _set_studies(connection: Connection, phase: PhaseRow, studies: int) -> None:
    """Set the studies on each black box, each a shard of its own.

    It is a revision, which scores can name as their origin.
    """
    if phase.studies_per_box != studies and await is_phase_used(connection, phase.id):
        raise Problem(
            ProblemCode.PHASE_IN_USE,
            f"Phase {phase.name} has submissions with {phase.studies_per_box} studies on each black box, "
            f"got {studies}; ask for {phase.studies_per_box}, or take a phase without submissions.",
        )
    if (phase.studies_per_box, phase.studies_per_shard) == (studies, 1):
        return
    await tables.set_studies(connection, phase.id, studies)
    document = await find_last_document(connection, phase.competition_id)
    changes = {"studies_per_box": studies, "studies_per_shard": 1}
    phases = [each | changes if each.get("name") == phase.name else each for each in document.get("phases", [])]
    await insert_revision(connection, phase.competition_id, document | {"phases": phases}, code_version())
