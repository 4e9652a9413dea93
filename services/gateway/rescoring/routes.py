"""Re-scoring: a phase's submissions run again under a changed definition, looked at, then applied or discarded.

What is run again lives in a hidden phase of kind `candidate`. Every submission is run again, even if only the baseline
changes and its losses would do: so there is one way, and what is applied has been seen to run.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from fastapi import APIRouter

from arena.version import code_version
from arena.words.states import SubmissionState
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.phases import find_phase
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.rescoring.candidates import (
    Rescore,
    changes_of,
    compare_ranks,
    make_candidate,
    select_submissions,
    wanted_changes,
)
from services.gateway.submissions.tables import copy_submissions
from services.gateway.tables import queries
from shared.database import Connection
from shared.messages import PhaseChanged, SubmissionAccepted, SubmissionEnded

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/phases/{phase}/rescore", tags=["rescoring"])
Body = dict[str, Any]


@router.post("", status_code=202)
async def start_rescoring(slug: str, phase: str, body: Rescore, parts: WithParts, _: Manager) -> Body:
    """Make the candidate and run the submissions again in it; sent again, it adds what was not there yet."""
    live = await find_phase(parts, slug, phase)
    async with parts.pool.acquire() as connection, connection.transaction():
        await _lock(connection, live["id"])
        candidate = await queries.find_candidate(connection, phase_id=live["id"])
        if candidate is None:
            candidate_id = await make_candidate(connection, live, body)
        elif body.changes and (changed := changes_of(live, candidate)) != await wanted_changes(connection, live, body):
            raise Problem(409, f"Phase {phase} has another candidate, with {changed}; apply or discard that one first.")
        else:
            candidate_id = candidate["id"]
        chosen = await select_submissions(connection, live, body)
        copies = await copy_submissions(connection, chosen, candidate_id)
        await parts.outbox.put(connection, [SubmissionAccepted(submission_id=each) for each in copies])
    parts.outbox.wake()
    log.info("rescoring started", competition=slug, phase=phase, candidate=str(candidate_id), submissions=len(copies))
    return await _show(parts, slug, phase)


@router.get("")
async def show_rescoring(slug: str, phase: str, parts: WithParts, _: Organizer) -> Body:
    """Return how far the candidate is, and the ranks and scores before and after."""
    return await _show(parts, slug, phase)


@router.post("/apply")
async def apply_rescoring(slug: str, phase: str, parts: WithParts, _: Manager) -> Body:
    """Put what was run again in the place of what it came from, which is archived; one revision more.

    The phase stays the same to teams and feeds, with its dates and quotas; only what its scores depend on changes.
    """
    live = await find_phase(parts, slug, phase)
    async with parts.pool.acquire() as connection, connection.transaction():
        await _lock(connection, live["id"])
        candidate = await _need_candidate(connection, live)
        both = sorted([live["id"], candidate["id"]])
        await queries.lock_submissions_of(connection, phase_ids=both)
        changes = {each: await queries.next_change(connection, phase_id=each) for each in both}
        await _check_ready(connection, live, candidate, both)
        difference = await _difference(connection, live, candidate)
        revision = await _add_revision(connection, live, changes_of(live, candidate))
        await _swap(connection, live["id"], candidate["id"], changes, revision)
        await parts.outbox.put(connection, [PhaseChanged(phase_id=live["id"], change=changes[live["id"]])])
    parts.outbox.wake()
    log.info("rescoring applied", competition=slug, phase=phase, revision=revision)
    return {"competition": slug, "phase": phase, "revision": revision, **difference}


@router.post("/discard")
async def discard_rescoring(slug: str, phase: str, parts: WithParts, _: Manager) -> Body:
    """Stop what still runs in the candidate and take it out of view; its executions stay on record."""
    live = await find_phase(parts, slug, phase)
    async with parts.pool.acquire() as connection, connection.transaction():
        await _lock(connection, live["id"])
        candidate = await _need_candidate(connection, live)
        await queries.lock_submissions_of(connection, phase_ids=[candidate["id"]])
        change = await queries.next_change(connection, phase_id=candidate["id"])
        stopped = [row["id"] async for row in queries.unended_submissions_of(connection, phase_id=candidate["id"])]
        for submission_id in stopped:
            await queries.cancel_submission(connection, id=submission_id, change=change)
        await queries.archive_phase(connection, phase_id=candidate["id"])
        await parts.outbox.put(
            connection,
            [SubmissionEnded(submission_id=each, state=SubmissionState.CANCELLED) for each in stopped],
        )
    parts.outbox.wake()
    return {"competition": slug, "phase": phase, "candidate": candidate["id"], "stopped": stopped}


async def _lock(connection: Connection, phase_id: UUID) -> None:
    """Makes requests about the candidate of one phase come one after the other."""
    await queries.lock_organizer_run(connection, key=f"rescoring of {phase_id}")


async def _need_candidate(connection: Connection, live: asyncpg.Record) -> asyncpg.Record:
    candidate: asyncpg.Record | None = await queries.find_candidate(connection, phase_id=live["id"])
    if candidate is None:
        raise Problem(404, f"Phase {live['name']} has no candidate; start one with 'arena rescore start'.")
    return candidate


async def _check_ready(
    connection: Connection, live: asyncpg.Record, candidate: asyncpg.Record, both: list[UUID]
) -> None:
    unended = await queries.unended_of(connection, phase_ids=both)
    if unended:
        raise Problem(
            409,
            f"Expected that all submissions of phase {live['name']} and its candidate have ended; {unended} have not. "
            "Wait for them, or cancel them.",
        )
    rows = queries.teams_left_out(connection, old_id=live["id"], new_id=candidate["id"])
    left_out = [row["name"] async for row in rows]
    if left_out:
        raise Problem(
            409,
            f"Expected a submission of every team that has one that counts; not run again: {', '.join(left_out)}. "
            "Start the rescoring once more to add them.",
        )


async def _swap(
    connection: Connection, live_id: UUID, candidate_id: UUID, changes: Mapping[UUID, int], revision: int
) -> None:
    boxes = {
        each: [row["id"] async for row in queries.boxes_of_phase(connection, phase_id=each)]
        for each in (live_id, candidate_id)
    }
    pair = {"live_id": live_id, "candidate_id": candidate_id}
    await queries.swap_submissions(
        connection, **pair, live_change=changes[live_id], candidate_change=changes[candidate_id], revision=revision
    )
    await queries.choose_again(connection, live_id=live_id)
    await queries.swap_phases(connection, **pair)
    await queries.clear_boxes(connection, phase_ids=[live_id, candidate_id])
    await queries.give_boxes(connection, phase_id=live_id, box_ids=boxes[candidate_id])
    await queries.give_boxes(connection, phase_id=candidate_id, box_ids=boxes[live_id])


async def _add_revision(connection: Connection, live: asyncpg.Record, changes: Body) -> int:
    """One more revision: the document as it was, with the phase as it is from now on."""
    document: Body = await queries.last_document(connection, competition_id=live["competition_id"]) or {}
    shown = {name: value for name, value in changes.items() if name != "priority"}
    phases = [each | shown if each.get("name") == live["name"] else each for each in document.get("phases", [])]
    document |= {"phases": phases, "rescored": {"phase": live["name"], "changes": changes}}
    revision: int = await queries.add_revision(
        connection, competition_id=live["competition_id"], document=document, code_version=code_version()
    )
    return revision


async def _show(parts: Parts, slug: str, phase: str) -> Body:
    live = await find_phase(parts, slug, phase)
    async with parts.pool.acquire() as connection, connection.transaction(readonly=True):
        candidate = await _need_candidate(connection, live)
        progress = await queries.progress_of_phase(connection, phase_id=candidate["id"])
        return {
            "competition": slug,
            "phase": phase,
            "candidate": candidate["id"],
            "candidate_name": candidate["name"],
            "progress": dict(progress),
            "ended": progress["ended"] == progress["submissions"],
            **await _difference(connection, live, candidate),
        }


async def _difference(connection: Connection, live: asyncpg.Record, candidate: asyncpg.Record) -> Body:
    rows = [row async for row in queries.compare_submissions(connection, old_id=live["id"], new_id=candidate["id"])]
    return {
        "changes": changes_of(live, candidate),
        "teams": compare_ranks(rows),
        "submissions": [
            {name: row[name] for name in ("team", "old_id", "old_score", "new_id", "new_score", "new_state")}
            | {"verdict": row["new_verdict"]}
            for row in rows
            if row["new_id"] is not None
        ],
    }
