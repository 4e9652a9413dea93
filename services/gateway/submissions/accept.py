"""Turns a team's zip into a submission: checks the phase and the quota and inserts it, in one transaction."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter

from arena.api.submissions import Submission
from arena.words.problems import ProblemCode
from services.gateway.competitions.phases import check_open
from services.gateway.problems import Problem
from services.gateway.submissions import tables
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.quotas import check_quota, find_effective_quota, has_quota
from services.gateway.submissions.tables import NewSubmission
from shared.database import Connection, Pool
from shared.messages import PhaseChanged, SubmissionAccepted
from shared.outbox import Outbox
from shared.tracing.context import current_traceparent, follow_trace

log = structlog.get_logger()
ACCEPTED = Counter("arena_submissions_accepted", "Submissions accepted")


@dataclass(frozen=True)
class RepeatableRequest:
    """A team's request with an Idempotency-Key: sent again, it gets the first answer again."""

    team_id: UUID
    key: str
    request_sha256: str


def hash_request(slug: str, phase: str, blob_sha256: str, environment: str | None, *, publish_zip: bool) -> str:
    """Return a hash that is the same for two requests that ask for the same."""
    asked = (slug, phase, blob_sha256, *([] if environment is None else [environment]), *["publish zip"] * publish_zip)
    return hashlib.sha256("\0".join(asked).encode()).hexdigest()


async def find_answer(pool: Pool, request: RepeatableRequest) -> Submission | None:
    """Return the answer if this request came before. Raises Problem 409 if its key was used for another request."""
    known = await tables.find_answer(pool, request.team_id, request.key)
    if known is None:
        return None
    if known.request_sha256 != request.request_sha256:
        raise Problem(
            ProblemCode.KEY_REUSED,
            "This Idempotency-Key was used for another request; use a new key for a new submission.",
        )
    return Submission.model_validate(known.answer)


async def accept(pool: Pool, outbox: Outbox, new: NewSubmission, request: RepeatableRequest | None) -> Submission:
    """Queue a submission, once for a repeated request. Raises Problem 409 if the phase is closed, 429 for the quota."""
    try:
        async with pool.acquire() as connection, connection.transaction():
            with follow_trace("accept submission", current_traceparent(), submission=str(new.id)):
                answer = await _insert(connection, outbox, new, request)
    except asyncpg.UniqueViolationError:
        # The same request came twice at the same time, and the other one was first.
        answered = await find_answer(pool, request) if request else None
        if answered is None:
            raise
        return answered
    outbox.wake()
    ACCEPTED.inc()
    log.info("submission accepted", submission=str(answer.id), team=answer.team, phase=answer.phase)
    return answer


async def _insert(
    connection: Connection, outbox: Outbox, new: NewSubmission, request: RepeatableRequest | None
) -> Submission:
    change = await tables.lock_team_and_phase(connection, new.team_id, new.phase_id)
    quota = await find_effective_quota(connection, new.phase_id, new.team_id)
    check_open(quota)
    if has_quota(quota):
        check_quota(quota, await tables.used_quota(connection, new.phase_id, new.team_id))
    row = await tables.insert_submission(connection, new, change, quota.at)
    answer = show_submission(row, "team")
    if request is not None:
        await tables.keep_answer(connection, request.team_id, request.key, request.request_sha256, answer)
    await outbox.put(
        connection, [SubmissionAccepted(submission_id=new.id), PhaseChanged(phase_id=new.phase_id, change=change)]
    )
    return answer
