"""Submissions and the use of quotas in Postgres. The results of their studies are in `result_tables`."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

from arena.api.submissions import Submission
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries
from shared.tracing.context import current_traceparent

queries = load_queries(files("services.gateway.submissions") / "queries.sql")


@dataclass(frozen=True)
class SubmissionRow:
    """A row of the view `submission_details`."""

    id: UUID
    phase_id: UUID
    team_id: UUID
    origin_id: UUID | None
    revision: int | None
    blob_sha256: str
    filename: str
    size_bytes: int
    priority: int
    state: str
    verdict: str | None
    verdict_stage: str | None
    verdict_iteration: int | None
    verdict_detail: str
    score: float | None
    score_low: float | None
    score_high: float | None
    chosen: bool
    studies_total: int
    studies_done: int
    studies_timed_out: int
    suggest_errors: int
    observe_errors: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    change: int
    competition_id: UUID
    competition: str
    phase: str
    visibility: Literal["public", "organizer"]
    practice: bool
    team: str
    limits: dict[str, Any]
    cut_offs: dict[str, int]
    environment: str
    optimizer_images: list[str]
    publish_zip: bool


@dataclass(frozen=True)
class ChangedSubmissionRow(SubmissionRow):
    """A submission that has changed or not ended; `rescored` if it replaced another one in a rescoring."""

    rescored: bool


@dataclass(frozen=True)
class NewSubmission:
    """A submission to insert, after its zip was checked and stored."""

    id: UUID
    phase_id: UUID
    team_id: UUID
    blob_sha256: str
    filename: str
    size_bytes: int
    environment: str
    publish_zip: bool = False


@dataclass(frozen=True)
class CancellableSubmission:
    """A submission that has not ended and may be cancelled: its phase, and its trace."""

    phase_id: UUID
    traceparent: str | None


@dataclass(frozen=True)
class EffectiveQuota:
    """A phase's times and a team's quotas in it at the time `at`; a quota of None does not limit."""

    name: str
    opens_at: datetime | None
    closes_at: datetime | None
    counting: Literal["best", "chosen"]
    at: datetime
    is_open: bool
    attempts_per_day: int | None
    scored_per_day: int | None
    active_submissions: int | None


@dataclass(frozen=True)
class UsedQuota:
    """What a team has used of its quotas, and in how many seconds its oldest attempt and score will no longer count."""

    active: int
    attempts: int
    scored: int
    attempt_in_s: float | None
    score_in_s: float | None


@dataclass(frozen=True)
class AnsweredRequest:
    """What was answered to a request with an Idempotency-Key."""

    request_sha256: str
    answer: dict[str, Any]


def new_id() -> UUID:
    """Return a new submission's id."""
    return uuid.uuid4()


async def find_submission(where: PoolOrConnection, submission_id: UUID) -> SubmissionRow | None:
    """Return a submission, whoever may see it; None if there is none."""
    return await fetch_one(SubmissionRow, queries.find_submission(where, id=submission_id))


async def list_submissions(
    pool: PoolOrConnection,
    competition_id: UUID,
    *,
    phase: str | None,
    team_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    size: int,
) -> list[SubmissionRow]:
    """Return up to `size` submissions, newest first, those before `before` (time, id) if given."""
    before_at, before_id = before or (None, None)
    rows = queries.list_submissions(
        pool,
        competition_id=competition_id,
        phase=phase,
        team_id=team_id,
        before=before_at,
        before_id=before_id,
        size=size,
    )
    return await fetch_all(SubmissionRow, rows)


async def submissions_since(
    pool: PoolOrConnection, phase_id: UUID, team_id: UUID | None, since: int, size: int
) -> list[ChangedSubmissionRow]:
    """Return submissions of a phase, or of a team in it, that changed after number `since` or have not ended."""
    rows = queries.submissions_since(pool, phase_id=phase_id, team_id=team_id, since=since, size=size)
    return await fetch_all(ChangedSubmissionRow, rows)


async def counting_submissions(pool: PoolOrConnection, phase_id: UUID, team_id: UUID | None) -> list[UUID]:
    """Return the counting submissions of a phase, or of one team in it."""
    return [row["id"] async for row in queries.counting_in(pool, phase_id=phase_id, team_id=team_id)]


async def find_answer(pool: Pool, team_id: UUID, key: str) -> AnsweredRequest | None:
    """Return the answer to a team's earlier request with this Idempotency-Key, if there was one."""
    return await fetch_one(AnsweredRequest, queries.find_replay(pool, team_id=team_id, key=key))


async def keep_answer(connection: Connection, team_id: UUID, key: str, request_sha256: str, answer: Submission) -> None:
    """Store an answer in case the same request is sent again."""
    await queries.insert_replay(
        connection,
        team_id=team_id,
        key=key,
        request_sha256=request_sha256,
        submission_id=answer.id,
        answer=answer.model_dump(mode="json"),
    )


async def lock_team(connection: Connection, team_id: UUID) -> None:
    """Lock a team until the transaction ends: its submissions are accepted one at a time, so that quotas hold."""
    await queries.lock_team(connection, team_id=team_id)


async def lock_team_and_phase(connection: Connection, team_id: UUID, phase_id: UUID) -> int:
    """Lock a team, and then a phase by taking its next change number: the last locks of a transaction."""
    change: int = await queries.lock_team_and_phase(connection, team_id=team_id, phase_id=phase_id)
    return change


async def next_change(connection: Connection, phase_id: UUID) -> int:
    """Take the next change number of a phase. This locks the phase, and must be the last lock of a transaction."""
    change: int = await queries.next_change(connection, phase_id=phase_id)
    return change


async def find_effective_quota(where: PoolOrConnection, phase_id: UUID, team_id: UUID | None) -> EffectiveQuota | None:
    """Return a phase's times and a team's quotas, as they are now."""
    return await fetch_one(EffectiveQuota, queries.effective_quota(where, phase_id=phase_id, team_id=team_id))


async def used_quota(connection: Connection, phase_id: UUID, team_id: UUID) -> UsedQuota:
    """Return what a team has used of its quotas in a phase."""
    return UsedQuota(**await queries.use_of_quota(connection, team_id=team_id, phase_id=phase_id))


async def insert_submission(
    connection: Connection, new: NewSubmission, change: int, created_at: datetime | None = None
) -> SubmissionRow:
    """Insert a submission as this change of its phase, made by the work in hand, and return it.

    It was created at this time by the database's clock, or now: the gateway's own may be wrong.
    """
    row = await queries.insert_submission(
        connection,
        id=new.id,
        phase_id=new.phase_id,
        team_id=new.team_id,
        blob_sha256=new.blob_sha256,
        filename=new.filename,
        size_bytes=new.size_bytes,
        environment=new.environment,
        publish_zip=new.publish_zip,
        created_at=created_at,
        change=change,
        traceparent=current_traceparent(),
    )
    return SubmissionRow(**row)


async def copy_submissions(connection: Connection, submission_ids: Iterable[UUID], phase_id: UUID) -> list[UUID]:
    """Queue submissions again in another phase; returns the new ones. Announce each with `SubmissionAccepted`."""
    change = await next_change(connection, phase_id)
    rows = queries.copy_submissions(
        connection,
        submission_ids=list(submission_ids),
        phase_id=phase_id,
        change=change,
        traceparent=current_traceparent(),
    )
    return [row["id"] async for row in rows]


async def lock_unended(connection: Connection, submission_id: UUID) -> CancellableSubmission | None:
    """Lock a submission that has not ended, before its phase is locked, and return it; None if it has ended."""
    return await fetch_one(CancellableSubmission, queries.lock_unended(connection, id=submission_id))


async def cancel_submission(connection: Connection, submission_id: UUID, change: int) -> None:
    """End a submission that has not ended."""
    await queries.cancel_submission(connection, id=submission_id, change=change)


async def lock_selection(connection: Connection, submission: SubmissionRow) -> None:
    """Lock a submission and the one that its team selected before, in a fixed order."""
    rows = queries.lock_selection(
        connection, id=submission.id, team_id=submission.team_id, phase_id=submission.phase_id
    )
    async for _ in rows:
        pass


async def select_submission(connection: Connection, submission: SubmissionRow, change: int) -> None:
    """Make a scored submission the one that counts for its team, instead of the one selected before."""
    await queries.unselect(
        connection, id=submission.id, team_id=submission.team_id, phase_id=submission.phase_id, change=change
    )
    await queries.select_submission(connection, id=submission.id, change=change)
