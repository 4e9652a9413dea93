"""Starts a final: sets the number of studies of its phase, and copies the best teams' submissions into it."""

from collections.abc import Sequence
from uuid import UUID

from arena.api.reruns import FinalRequest
from arena.version import code_version
from arena.words.problems import ProblemCode
from services.gateway.competitions.apply_tables import lock_competition
from services.gateway.competitions.phases import no_phase
from services.gateway.competitions.tables import (
    PhaseRow,
    find_last_document,
    insert_revision,
    is_phase_used,
    lock_phase,
)
from services.gateway.final import tables
from services.gateway.final.finalists import select_copies
from services.gateway.problems import Problem
from services.gateway.submissions.tables import copy_submissions, next_change
from shared.database import Connection
from shared.messages import PhaseChanged, SubmissionAccepted


async def start(
    connection: Connection, origin: PhaseRow, wanted: FinalRequest
) -> tuple[list[UUID], list[SubmissionAccepted | PhaseChanged]]:
    """Add what the final lacks; returns the new submissions and the messages to announce. Raises Problem 404 or 409."""
    await lock_competition(connection, origin.competition)
    phase = await lock_phase(connection, origin.competition, wanted.phase)
    if phase is None:
        raise no_phase(origin.competition, wanted.phase)
    await _check_ended(connection, origin, wanted)
    await _set_studies(connection, phase, wanted.studies)
    present = await tables.list_finalists(connection, phase.id)
    best = await tables.list_top(connection, origin.id, wanted.top)
    if not best and not present:
        raise Problem(
            ProblemCode.NOTHING_SCORED,
            "Expected scored submissions in the first phase, got none; nobody is in the final.",
        )
    selected = select_copies(best, present)
    await _check_environments(connection, phase, selected)
    copies = await copy_submissions(connection, selected, phase.id)
    change = await next_change(connection, phase.id)
    accepted = [SubmissionAccepted(submission_id=each) for each in copies]
    return copies, [*accepted, PhaseChanged(phase_id=phase.id, change=change)]


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
