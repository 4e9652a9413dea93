"""Applies a candidate: the new runs replace the submissions that they repeat."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arena.version import code_version
from arena.words.problems import ProblemCode
from services.gateway.competitions.tables import PhaseRow, find_last_document, insert_revision
from services.gateway.problems import Problem
from services.gateway.rescoring import tables
from services.gateway.rescoring.comparison import list_changes
from services.gateway.submissions.tables import next_change
from shared.database import Connection


async def lock_for_applying(connection: Connection, live: PhaseRow, candidate: PhaseRow) -> dict[UUID, int]:
    """Lock a phase and its candidate, and return each one's next change number. Raises Problem 409 if it is too early.

    Submissions are locked before phases, and phases in the order of their ids, as in every transaction that changes
    both: this avoids deadlocks.
    """
    both = sorted([live.id, candidate.id])
    await tables.lock_submissions(connection, both)
    changes = {each: await next_change(connection, each) for each in both}
    await _check_ready(connection, live, candidate, both)
    return changes


async def swap_candidate(
    connection: Connection, live: PhaseRow, candidate: PhaseRow, changes: Mapping[UUID, int]
) -> int:
    """Put the candidate in the phase's place, as a new revision of the competition; returns the revision's number."""
    revision = await _add_revision(connection, live, list_changes(live, candidate))
    await tables.swap(connection, live.id, candidate.id, changes, revision)
    return revision


async def _check_ready(connection: Connection, live: PhaseRow, candidate: PhaseRow, both: list[UUID]) -> None:
    unended = await tables.count_unended(connection, both)
    if unended:
        raise Problem(
            ProblemCode.SUBMISSIONS_UNENDED,
            f"Expected all submissions of phase {live.name} and its candidate to have ended; {unended} have not. "
            "Wait for them, or cancel them.",
            unended=unended,
        )
    left_out = await tables.list_teams_left_out(connection, live.id, candidate.id)
    if left_out:
        raise Problem(
            ProblemCode.TEAMS_LEFT_OUT,
            f"Expected a submission of every team that has one that counts; not run again: {', '.join(left_out)}. "
            "Start the rescoring once more to add them.",
            teams=left_out,
        )


async def _add_revision(connection: Connection, live: PhaseRow, changes: dict[str, Any]) -> int:
    """Add a revision: the last document with the phase as it is from now on. Returns its number."""
    document = await find_last_document(connection, live.competition_id)
    shown = {name: value for name, value in changes.items() if name != "priority"}
    shown["limits"] = live.limits | changes.get("limits", {})
    phases = [each | shown if each.get("name") == live.name else each for each in document.get("phases", [])]
    document |= {"phases": phases, "rescored": {"phase": live.name, "changes": changes}}
    return await insert_revision(connection, live.competition_id, document, code_version())
