"""Rescoring: a phase's submissions run again under a changed definition, compared, and then applied or discarded.

The new runs live in a hidden phase, the candidate. Submissions run again even if only the baseline changes and the old
losses would do: so there is only one way, and what is applied has been seen to run.
"""

from dataclasses import asdict

import structlog
from fastapi import APIRouter

from arena.api.reruns import (
    AppliedRescoring,
    DiscardedRescoring,
    RescoringComparison,
    RescoringProgress,
    RescoringRequest,
    RescoringStatus,
)
from arena.words.problems import ProblemCode
from arena.words.states import SubmissionState
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.phases import find_phase
from services.gateway.competitions.tables import PhaseRow
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.problems import Problem
from services.gateway.rescoring import tables
from services.gateway.rescoring.apply import lock_for_applying, swap_candidate
from services.gateway.rescoring.candidates import list_wanted_changes, make_candidate, select_submissions
from services.gateway.rescoring.comparison import compare, list_changes
from services.gateway.submissions.tables import cancel_submission, copy_submissions, next_change
from shared.database import Connection, Pool
from shared.messages import PhaseChanged, SubmissionAccepted, SubmissionEnded

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/phases/{phase}/rescore", tags=["rescoring"])


@router.post("", status_code=202)
async def start_rescoring(
    slug: str, phase: str, body: RescoringRequest, pool: WithPool, outbox: WithOutbox, _: Manager
) -> RescoringStatus:
    """Create the candidate and run the submissions again in it. Sent again, it adds the submissions that are new."""
    live = await find_phase(pool, slug, phase)
    async with pool.acquire() as connection, connection.transaction():
        await tables.lock_rescoring(connection, live.id)
        candidate = await tables.find_candidate(connection, live.id)
        if candidate is None:
            candidate_id = await make_candidate(connection, live, body)
        else:
            await _check_same(connection, live, candidate, body)
            candidate_id = candidate.id
        selected = await select_submissions(connection, live, body)
        copies = await copy_submissions(connection, selected, candidate_id)
        await outbox.put(connection, [SubmissionAccepted(submission_id=each) for each in copies])
    outbox.wake()
    log.info("rescoring started", competition=slug, phase=phase, candidate=str(candidate_id), submissions=len(copies))
    return await _show(pool, live)


async def _check_same(connection: Connection, live: PhaseRow, candidate: PhaseRow, wanted: RescoringRequest) -> None:
    changes = list_changes(live, candidate)
    if wanted.changes and changes != await list_wanted_changes(connection, live, wanted):
        raise Problem(
            ProblemCode.OTHER_CANDIDATE,
            f"Phase {live.name} has another candidate, with {changes}; apply or discard that one first.",
        )


@router.get("")
async def show_rescoring(slug: str, phase: str, pool: WithPool, _: Organizer) -> RescoringStatus:
    """Return the candidate's progress, and the ranks and scores before and after."""
    return await _show(pool, await find_phase(pool, slug, phase))


@router.post("/apply")
async def apply_rescoring(slug: str, phase: str, pool: WithPool, outbox: WithOutbox, _: Manager) -> AppliedRescoring:
    """Replace the phase's submissions by their new runs and archive the old ones. This is a new revision.

    Teams and feeds see the same phase, with its dates and quotas; only what its scores depend on changes.
    """
    live = await find_phase(pool, slug, phase)
    async with pool.acquire() as connection, connection.transaction():
        await tables.lock_rescoring(connection, live.id)
        candidate = await _need_candidate(connection, live)
        changes = await lock_for_applying(connection, live, candidate)
        comparison = await _compare(connection, live, candidate)
        revision = await swap_candidate(connection, live, candidate, changes)
        await outbox.put(connection, [PhaseChanged(phase_id=live.id, change=changes[live.id])])
    outbox.wake()
    log.info("rescoring applied", competition=slug, phase=phase, revision=revision)
    return AppliedRescoring(competition=slug, phase=phase, revision=revision, **dict(comparison))


@router.post("/discard")
async def discard_rescoring(
    slug: str, phase: str, pool: WithPool, outbox: WithOutbox, _: Manager
) -> DiscardedRescoring:
    """Stop what still runs in the candidate and hide it; its executions stay on record."""
    live = await find_phase(pool, slug, phase)
    async with pool.acquire() as connection, connection.transaction():
        await tables.lock_rescoring(connection, live.id)
        candidate = await _need_candidate(connection, live)
        await tables.lock_submissions(connection, [candidate.id])
        change = await next_change(connection, candidate.id)
        stopped = await tables.list_unended(connection, candidate.id)
        for submission_id in stopped:
            await cancel_submission(connection, submission_id, change)
        await tables.archive_phase(connection, candidate.id)
        await outbox.put(
            connection, [SubmissionEnded(submission_id=each, state=SubmissionState.CANCELLED) for each in stopped]
        )
    outbox.wake()
    return DiscardedRescoring(competition=slug, phase=phase, candidate=candidate.id, stopped=stopped)


async def _need_candidate(connection: Connection, live: PhaseRow) -> PhaseRow:
    candidate = await tables.find_candidate(connection, live.id)
    if candidate is None:
        raise Problem(
            ProblemCode.NO_CANDIDATE,
            f"Phase {live.name} has no candidate: none was started, or it was applied or discarded meanwhile. "
            "Start one with 'arena rescore start'.",
        )
    return candidate


async def _show(pool: Pool, live: PhaseRow) -> RescoringStatus:
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        candidate = await _need_candidate(connection, live)
        progress = await tables.measure_progress(connection, candidate.id)
        comparison = await _compare(connection, live, candidate)
    return RescoringStatus(
        competition=live.competition,
        phase=live.name,
        candidate=candidate.id,
        candidate_name=candidate.name,
        progress=RescoringProgress(**asdict(progress)),
        ended=progress.ended == progress.submissions,
        **dict(comparison),
    )


async def _compare(connection: Connection, live: PhaseRow, candidate: PhaseRow) -> RescoringComparison:
    return compare(live, candidate, await tables.compare_submissions(connection, live.id, candidate.id))
