"""Lets a team select the submission that counts, in phases that allow this."""

from uuid import UUID

import structlog
from fastapi import APIRouter

from arena.api.submissions import Submission
from arena.words.problems import ProblemCode
from arena.words.states import SubmissionState
from services.gateway.accounts.callers import Team
from services.gateway.competitions.phases import check_open
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.problems import Problem
from services.gateway.submissions import tables
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.quotas import find_effective_quota
from shared.messages import PhaseChanged

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["submissions"])


@router.post("/submissions/{submission_id}/choose")
async def choose_submission(submission_id: UUID, pool: WithPool, outbox: WithOutbox, caller: Team) -> Submission:
    """Make a scored submission count instead of the team's best. The phase must be open; it may be frozen."""
    submission = await find_submission(pool, submission_id, caller)
    phase_id, team_id = submission.phase_id, submission.team_id
    async with pool.acquire() as connection, connection.transaction():
        await tables.lock_team(connection, team_id)
        # Submissions are locked in a fixed order and before the phase, as in every transaction that changes them.
        await tables.lock_selection(connection, submission)
        change = await tables.next_change(connection, phase_id)
        quota = await find_effective_quota(connection, phase_id, team_id)
        if quota.counting != "chosen":
            raise Problem(
                ProblemCode.BEST_COUNTS,
                f"In phase {quota.name} each team's best submission counts; it cannot be chosen.",
            )
        check_open(quota)
        present = await tables.find_submission(connection, submission_id)
        if present is None or present.state != SubmissionState.SCORED:
            state = "gone" if present is None else present.state
            raise Problem(
                ProblemCode.NOT_SCORED, f"Expected a scored submission, got one that is {state}; choose another."
            )
        await tables.select_submission(connection, submission, change)
        await outbox.put(connection, [PhaseChanged(phase_id=phase_id, change=change)])
    outbox.wake()
    log.info("submission selected", submission=str(submission_id))
    return show_submission(await find_submission(pool, submission_id, caller), caller.role)
