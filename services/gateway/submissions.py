"""Submit, look, cancel."""

import asyncio
import dataclasses
import hashlib
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import structlog
from fastapi import APIRouter, Form, Header, UploadFile
from prometheus_client import Counter

from services.gateway.auth import Actor, Caller, Member, Team
from services.gateway.intake import Refused, ZipLimits, check_zip
from services.gateway.parts import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.tables import NewSubmission, insert_submission, new_id, queries, submission_body
from shared.database import Connection
from shared.messages import PhaseChanged, SubmissionAccepted, SubmissionEnded
from shared.text import clean_line
from shared.words import SubmissionState

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["submissions"])
ACTIVE_RETRY_AFTER_S = 60
KEY_LENGTH = 200
FILENAME_LENGTH = 200
QUOTAS = ("attempts_per_day", "scored_per_day", "active_submissions")

ACCEPTED = Counter("arena_submissions_accepted", "Submissions accepted")
REFUSED = Counter("arena_submissions_refused", "Zips refused")

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


async def check_and_store(parts: Parts, content: bytes, blob_sha256: str) -> None:
    """Store a zip that may be run under its SHA-256; 422 for one that may not."""
    settings = parts.settings
    limits = ZipLimits(settings.zip_limit_bytes, settings.unpacked_limit_bytes, settings.zip_files_limit)
    try:
        await asyncio.to_thread(check_zip, content, limits)
    except Refused as reason:
        REFUSED.inc()
        raise Problem(422, str(reason)) from reason
    await parts.blobs.put(blob_sha256, content)


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
        terms = await find_terms(connection, new.phase_id, new.team_id)
        check_open(terms)
        if any(terms[quota] is not None for quota in QUOTAS):
            _check_quota(terms, await queries.use_of_quota(connection, team_id=new.team_id, phase_id=new.phase_id))
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


async def find_terms(connection: Connection, phase_id: UUID, team_id: UUID) -> asyncpg.Record:
    """Return a phase's times and a team's quotas as they are now; the caller holds the phase's lock."""
    terms: asyncpg.Record | None = await queries.terms(connection, phase_id=phase_id, team_id=team_id)
    if terms is None:
        raise Problem(409, "The phase was taken away at this moment; look at the competition's phases.")
    return terms


def check_open(phase: asyncpg.Record) -> None:
    """Raise Problem 409 unless the phase, or these terms of it, are open."""
    if not phase["is_open"]:
        opens, closes = (each and each.isoformat() for each in (phase["opens_at"], phase["closes_at"]))
        raise Problem(
            409,
            f"Phase {phase['name']} is closed; it is open from {opens or 'the beginning'} to {closes or 'the end'}.",
        )


def _check_quota(phase: asyncpg.Record, used: asyncpg.Record) -> None:
    if phase["active_submissions"] is not None and used["active"] >= phase["active_submissions"]:
        raise Problem(
            429,
            f"The team has {used['active']} submissions that have not ended, and may have "
            f"{phase['active_submissions']}; wait for one to end, or cancel one.",
            retry_after_s=ACTIVE_RETRY_AFTER_S,
        )
    if phase["attempts_per_day"] is not None and used["attempts"] >= phase["attempts_per_day"]:
        raise Problem(
            429,
            f"The team has made {used['attempts']} attempts in 24 hours, and may make {phase['attempts_per_day']}.",
            retry_after_s=max(1, math.ceil(used["attempt_in_s"])),
        )
    if phase["scored_per_day"] is not None and used["scored"] >= phase["scored_per_day"]:
        raise Problem(
            429,
            f"The team has {used['scored']} submissions of the last 24 hours that were scored or are on the way, "
            f"and may have {phase['scored_per_day']}.",
            retry_after_s=max(1, math.ceil(used["score_in_s"])),
        )


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
    return submission_body(submission, caller.role, await parts.forecasts.find(submission))


@router.get("/competitions/{slug}/submissions")
async def list_submissions(slug: str, parts: WithParts, caller: Member, phase: str | None = None) -> Body:
    """Return the newest submissions: a team's own, or everybody's to an organizer."""
    competition = await find_competition(parts, slug)
    if caller.role == "team" and caller.competition_id != competition["id"]:
        return {"submissions": []}
    rows = queries.list_submissions(parts.pool, competition_id=competition["id"], phase=phase, team_id=caller.team_id)
    return {"submissions": [submission_body(row, caller.role, await parts.forecasts.find(row)) async for row in rows]}


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


async def find_competition(parts: Parts, slug: str) -> asyncpg.Record:
    """Return a competition's row; 404 when there is none."""
    row: asyncpg.Record | None = await queries.find_competition(parts.pool, slug=slug)
    if row is None:
        raise Problem(404, f"There is no competition {slug!r}.")
    return row


async def visible_phases(parts: Parts, competition: asyncpg.Record, caller: Caller) -> Sequence[asyncpg.Record]:
    """Return the phases that a caller may know of, in their order."""
    phases = [row async for row in queries.list_phases(parts.pool, competition_id=competition["id"])]
    return [row for row in phases if caller.role == "organizer" or row["visibility"] == "public"]


async def choose_phase(parts: Parts, competition: asyncpg.Record, name: str | None, caller: Caller) -> asyncpg.Record:
    """Return the phase of this name, or without a name the only open one."""
    phases = await visible_phases(parts, competition, caller)
    if name is not None:
        for phase in phases:
            if phase["name"] == name:
                return phase
        raise Problem(404, f"There is no phase {name!r} in {competition['slug']}.")
    open_phases = [phase for phase in phases if phase["is_open"]]
    if len(open_phases) != 1:
        names = ", ".join(phase["name"] for phase in open_phases) or "none"
        raise Problem(422, f"Expected phase=, because not exactly one phase is open; open are: {names}.")
    return open_phases[0]


async def find_submission(parts: Parts, submission_id: UUID, caller: Caller) -> asyncpg.Record:
    """Return a submission's row; 404 when there is none, or it is another team's, or a copy in a hidden phase."""
    row: asyncpg.Record | None = await queries.find_submission(parts.pool, id=submission_id)
    is_hidden = row is not None and row["origin_id"] is not None and row["visibility"] == "organizer"
    if row is None or (caller.role == "team" and (row["team_id"] != caller.team_id or is_hidden)):
        raise Problem(404, f"There is no submission {submission_id}.")
    return row
