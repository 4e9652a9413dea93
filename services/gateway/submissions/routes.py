"""The routes of submissions: submit, show, list, cancel, and read logs."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Form, Header, UploadFile

from arena.api.executions import StudyLog, StudyLogPage
from arena.api.submissions import Submission, SubmissionPage
from arena.words.limits import Limits
from arena.words.problems import ProblemCode
from arena.words.states import SubmissionState
from arena.words.text import clean_line
from services.gateway.accounts.callers import Actor, Member, Team
from services.gateway.competitions.lookup import OwnCompetition, choose_phase, find_competition
from services.gateway.competitions.phases import check_open, choose_environment
from services.gateway.dependencies import WithBlobs, WithLeaderboards, WithOutbox, WithPool, WithQueueEstimates
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, Number, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem
from services.gateway.submissions import result_tables, tables
from services.gateway.submissions.accept import RepeatableRequest, accept, find_answer, hash_request
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_readable_logs, find_submission
from services.gateway.submissions.uploads import check_upload, hash_upload, store_upload
from shared.messages import PhaseChanged, SubmissionEnded
from shared.tracing.context import trace_field

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["submissions"])
KEY_LENGTH = 200
FILENAME_LENGTH = 200
ENVIRONMENT = "Where the optimizer runs: by default what the zip's arena.toml names, or else the phase's default."
PUBLISH_ZIP = "Whether the team agrees that this zip is published with the competition's archive after its end."


@router.post("/competitions/{slug}/submissions", status_code=202)
async def submit(
    slug: str,
    pool: WithPool,
    outbox: WithOutbox,
    blobs: WithBlobs,
    caller: Team,
    file: UploadFile,
    phase: Annotated[str | None, Form()] = None,
    environment: Annotated[str | None, Form(description=ENVIRONMENT)] = None,
    publish_zip: Annotated[bool, Form(description=PUBLISH_ZIP)] = False,
    idempotency_key: Annotated[str | None, Header(max_length=KEY_LENGTH)] = None,
) -> Submission:
    """Accept a team's zip for scoring. The same request with the same Idempotency-Key gets the first answer again."""
    if caller.team_id is None or caller.competition_id is None or caller.slug != slug:
        await find_competition(pool, slug)
        raise Problem(ProblemCode.OTHER_COMPETITION, f"This token's team does not take part in {slug}.")
    chosen = await choose_phase(pool, OwnCompetition(caller.competition_id, slug), phase, caller)
    upload = await hash_upload(file)
    request = None
    if idempotency_key is not None:
        asked = hash_request(slug, chosen.name, upload.sha256, environment, publish_zip=publish_zip)
        request = RepeatableRequest(caller.team_id, idempotency_key, asked)
        if answered := await find_answer(pool, request):
            return answered
    check_open(chosen)
    of_zip = await check_upload(upload, Limits.model_validate(chosen.limits))
    entry = choose_environment(chosen, environment or of_zip)
    await store_upload(upload, blobs)
    new = tables.NewSubmission(
        id=tables.new_id(),
        phase_id=chosen.id,
        team_id=caller.team_id,
        blob_sha256=upload.sha256,
        filename=clean_line(file.filename or "", FILENAME_LENGTH) or "optimizer.zip",
        size_bytes=upload.size_bytes,
        environment=entry,
        publish_zip=publish_zip,
    )
    return await accept(pool, outbox, new, request)


@router.get("/submissions/{submission_id}")
async def get_submission(
    submission_id: UUID,
    pool: WithPool,
    leaderboards: WithLeaderboards,
    estimates: WithQueueEstimates,
    caller: Member,
) -> Submission:
    """Return a submission's state, verdict and score, its place in the queue and the estimated time left."""
    row = await find_submission(pool, submission_id, caller)
    leaderboards.expect(row.phase_id, row.change)
    return show_submission(row, caller.role, await estimates.find(row.id, row.state))


@router.get("/competitions/{slug}/submissions")
async def list_submissions(
    slug: str,
    pool: WithPool,
    leaderboards: WithLeaderboards,
    estimates: WithQueueEstimates,
    caller: Member,
    phase: str | None = None,
    limit: PageLimit = PAGE_SIZE,
    cursor: Cursor = None,
) -> SubmissionPage:
    """Return submissions, newest first. A team gets its own, an organizer everybody's."""
    competition = await find_competition(pool, slug)
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    if caller.role == "team" and caller.competition_id != competition.id:
        return SubmissionPage(submissions=[])
    if phase is not None:
        await choose_phase(pool, competition, phase, caller)  # refuses a phase that does not exist
    rows = await tables.list_submissions(
        pool, competition.id, phase=phase, team_id=caller.team_id, before=before, size=limit + 1
    )
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.id))
    for row in shown:
        leaderboards.expect(row.phase_id, row.change)
    submissions = [show_submission(row, caller.role, await estimates.find(row.id, row.state)) for row in shown]
    return SubmissionPage(submissions=submissions, next=following)


@router.get("/submissions/{submission_id}/logs")
async def list_logs(
    submission_id: UUID, pool: WithPool, caller: Member, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> StudyLogPage:
    """Return what the optimizer wrote in each study. Teams may read this on a practice phase only."""
    await find_readable_logs(pool, submission_id, caller)
    after = decode_cursor(cursor, tuple[str, Number, Number]) if cursor else None
    rows = await result_tables.list_logs(pool, submission_id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.box, row.study, row.attempt))
    return StudyLogPage(logs=[StudyLog.model_validate(row, from_attributes=True) for row in shown], next=following)


@router.post("/submissions/{submission_id}/cancel", status_code=202)
async def cancel_submission(submission_id: UUID, pool: WithPool, outbox: WithOutbox, caller: Actor) -> Submission:
    """End a submission now: running studies are killed, the rest dropped. Cancelling again changes nothing."""
    await find_submission(pool, submission_id, caller)
    async with pool.acquire() as connection, connection.transaction():
        unended = await tables.lock_unended(connection, submission_id)
        if unended is not None:
            change = await tables.next_change(connection, unended.phase_id)
            await tables.cancel_submission(connection, submission_id, change)
            ended = SubmissionEnded(submission_id=submission_id, state=SubmissionState.CANCELLED)
            await outbox.put(connection, [ended, PhaseChanged(phase_id=unended.phase_id, change=change)])
    outbox.wake()
    submission = await find_submission(pool, submission_id, caller)
    if submission.state != SubmissionState.CANCELLED:
        raise Problem(ProblemCode.SUBMISSION_ENDED, f"The submission has ended already: it is {submission.state}.")
    if unended is not None:
        log.info("submission cancelled", submission=str(submission_id), **trace_field(unended.traceparent))
    return show_submission(submission, caller.role)
