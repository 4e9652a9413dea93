"""Submit, look, cancel."""

import dataclasses
import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import structlog
from fastapi import APIRouter, Form, Header, UploadFile
from prometheus_client import Counter

from arena.words.states import SubmissionState
from arena.words.text import clean_line
from services.gateway.accounts.callers import Actor, Caller, Member, Team
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.quotas import QUOTAS, check_open, check_quota, find_effective_quota
from services.gateway.submissions.storage import check_and_store
from services.gateway.tables import NewSubmission, insert_submission, new_id, queries, submission_body
from shared.messages import PhaseChanged, SubmissionAccepted, SubmissionEnded

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["submissions"])
KEY_LENGTH = 200
FILENAME_LENGTH = 200

ACCEPTED = Counter("arena_submissions_accepted", "Submissions accepted")

Body = dict[str, Any]


@router.post("/competitions/{slug}/submissions", status_code=202)
async def submit(
    slug: str,
    parts: WithParts,
    caller: Team,
    file: UploadFile,
    phase: Annotated[str | None, Form()] = None,
    idempotency_key: Annotated[str | None, Header(max_length=KEY_LENGTH)] = None,
) -> Body:
    """Accept a team's zip for scoring. The same Idempotency-Key and request get the first answer again."""
    competition = await find_competition(parts, slug)
    if competition["id"] != caller.competition_id:
        raise Problem(403, f"This token's team does not take part in {slug}.")
    chosen = await choose_phase(parts, competition, phase, caller)
    content = await file.read()
    blob_sha256 = hashlib.sha256(content).hexdigest()
    request_sha256 = hashlib.sha256(f"{slug}\0{chosen['name']}\0{blob_sha256}".encode()).hexdigest()
    if idempotency_key is not None and (answer := await _replay(parts, caller, idempotency_key, request_sha256)):
        return answer
    check_open(chosen)
    await check_and_store(parts, content, blob_sha256)
    assert caller.team_id is not None  # noqa: S101 - a team's token has a team
    new = NewSubmission(
        id=new_id(),
        phase_id=chosen["id"],
        team_id=caller.team_id,
        blob_sha256=blob_sha256,
        filename=clean_line(file.filename or "", FILENAME_LENGTH) or "optimizer.zip",
        size_bytes=len(content),
        studies_total=chosen["n_boxes"] * chosen["studies_per_box"],
        created_at=datetime.now(UTC),
    )
    try:
        answer = await _accept(parts, new, competition, chosen, idempotency_key, request_sha256)
    except asyncpg.UniqueViolationError:
        # The same key came twice at once and the other request was first.
        replayed = await _replay(parts, caller, str(idempotency_key), request_sha256)
        if replayed is None:
            raise
        return replayed
    parts.outbox.wake()
    ACCEPTED.inc()
    log.info("submission accepted", submission=answer["id"], team=answer["team"], phase=chosen["name"])
    return answer


async def _replay(parts: Parts, caller: Caller, key: str, request_sha256: str) -> Body | None:
    row = await queries.find_replay(parts.pool, team_id=caller.team_id, key=key)
    if row is None:
        return None
    if row["request_sha256"] != request_sha256:
        raise Problem(409, "This Idempotency-Key was used for another request; use a new key for a new submission.")
    answer: Body = row["answer"]
    return answer


async def _accept(
    parts: Parts,
    new: NewSubmission,
    competition: asyncpg.Record,
    phase: asyncpg.Record,
    key: str | None,
    request_sha256: str,
) -> Body:
    async with parts.pool.acquire() as connection, connection.transaction():
        team = await queries.lock_team(connection, team_id=new.team_id)
        change = await queries.next_change(connection, phase_id=new.phase_id)
        terms = await find_effective_quota(connection, new.phase_id, new.team_id)
        check_open(terms)
        if any(terms[quota] is not None for quota in QUOTAS):
            check_quota(terms, await queries.use_of_quota(connection, team_id=new.team_id, phase_id=new.phase_id))
        new = dataclasses.replace(new, created_at=terms["at"])
        await insert_submission(connection, new, change)
        answer = _accepted_body(new, competition["slug"], phase, team["name"], change)
        if key is not None:
            await queries.insert_replay(
                connection,
                team_id=new.team_id,
                key=key,
                request_sha256=request_sha256,
                submission_id=new.id,
                answer=answer,
            )
        await parts.outbox.put(
            connection,
            [SubmissionAccepted(submission_id=new.id), PhaseChanged(phase_id=new.phase_id, change=change)],
        )
    return answer


def _accepted_body(new: NewSubmission, slug: str, phase: asyncpg.Record, team: str, change: int) -> Body:
    return submission_body(
        {
            "id": new.id,
            "competition": slug,
            "phase": phase["name"],
            "team": team,
            "filename": new.filename,
            "state": SubmissionState.QUEUED,
            "verdict": None,
            "verdict_stage": None,
            "verdict_iteration": None,
            "verdict_detail": "",
            "practice": phase["practice"],
            "chosen": False,
            "score": None,
            "score_low": None,
            "score_high": None,
            "studies_total": new.studies_total,
            "studies_done": 0,
            "studies_timed_out": 0,
            "suggest_errors": 0,
            "observe_errors": 0,
            "created_at": new.created_at,
            "started_at": None,
            "ended_at": None,
            "change": change,
        },
        "team",
    )


@router.get("/submissions/{submission_id}")
async def get_submission(submission_id: UUID, parts: WithParts, caller: Member) -> Body:
    """Return a submission's state, verdict and score, its place in the queue and how long it may take still."""
    submission = await find_submission(parts, submission_id, caller)
    return submission_body(submission, caller.role, await parts.queue_estimates.find(submission))


@router.get("/competitions/{slug}/submissions")
async def list_submissions(slug: str, parts: WithParts, caller: Member, phase: str | None = None) -> Body:
    """Return the newest submissions: a team's own, or everybody's to an organizer."""
    competition = await find_competition(parts, slug)
    if caller.role == "team" and caller.competition_id != competition["id"]:
        return {"submissions": []}
    rows = queries.list_submissions(parts.pool, competition_id=competition["id"], phase=phase, team_id=caller.team_id)
    return {
        "submissions": [submission_body(row, caller.role, await parts.queue_estimates.find(row)) async for row in rows]
    }


@router.get("/submissions/{submission_id}/logs")
async def list_logs(submission_id: UUID, parts: WithParts, caller: Member) -> Body:
    """Return what the optimizer wrote in each study: to the organizer, and on a practice phase to its team."""
    submission = await find_submission(parts, submission_id, caller)
    if caller.role != "organizer" and not submission["practice"]:
        raise Problem(403, "The logs of secret black boxes are for the organizer; a practice phase shows them.")
    return {"logs": [dict(row) async for row in queries.list_logs(parts.pool, submission_id=submission_id)]}


@router.post("/submissions/{submission_id}/cancel", status_code=202)
async def cancel(submission_id: UUID, parts: WithParts, caller: Actor) -> Body:
    """End a submission now: what runs is killed, the rest is dropped. Cancelling twice is the same as once."""
    await find_submission(parts, submission_id, caller)
    async with parts.pool.acquire() as connection, connection.transaction():
        row = await queries.lock_unended(connection, id=submission_id)
        if row is not None:
            change = await queries.next_change(connection, phase_id=row["phase_id"])
            await queries.cancel_submission(connection, id=submission_id, change=change)
            ended = SubmissionEnded(submission_id=submission_id, state=SubmissionState.CANCELLED)
            await parts.outbox.put(connection, [ended, PhaseChanged(phase_id=row["phase_id"], change=change)])
    parts.outbox.wake()
    submission = await find_submission(parts, submission_id, caller)
    if submission["state"] != SubmissionState.CANCELLED:
        raise Problem(409, f"The submission has ended already: it is {submission['state']}.")
    if row is not None:
        log.info("submission cancelled", submission=str(submission_id))
    return submission_body(submission, caller.role)
