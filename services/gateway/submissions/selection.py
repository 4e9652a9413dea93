"""Which of its submissions a team wants to count, where the phase lets teams choose."""

from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter

from arena.words.states import SubmissionState
from services.gateway.accounts.callers import Team
from services.gateway.dependencies import WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.quotas import check_open, find_effective_quota
from services.gateway.tables import queries, submission_body
from shared.messages import PhaseChanged

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["submissions"])


@router.post("/submissions/{submission_id}/choose")
async def choose(submission_id: UUID, parts: WithParts, caller: Team) -> dict[str, Any]:
    """Let a scored submission count instead of the team's best, while the phase is open, frozen or not."""
    submission = await find_submission(parts, submission_id, caller)
    phase_id, team_id = submission["phase_id"], submission["team_id"]
    async with parts.pool.acquire() as connection, connection.transaction():
        await queries.lock_team(connection, team_id=team_id)
        # Locked in their order before the phase, as in every transaction that changes submissions.
        [_ async for _ in queries.lock_choice(connection, id=submission_id, team_id=team_id, phase_id=phase_id)]
        change = await queries.next_change(connection, phase_id=phase_id)
        terms = await find_effective_quota(connection, phase_id, team_id)
        if terms["counting"] != "chosen":
            raise Problem(409, f"In phase {terms['name']} each team's best submission counts; there is no choice.")
        check_open(terms)
        present = await queries.find_submission(connection, id=submission_id)
        if present["state"] != SubmissionState.SCORED:
            raise Problem(409, f"Expected a scored submission, got one that is {present['state']}; choose another.")
        await queries.unchoose(connection, id=submission_id, team_id=team_id, phase_id=phase_id, change=change)
        await queries.choose(connection, id=submission_id, change=change)
        await parts.outbox.put(connection, [PhaseChanged(phase_id=phase_id, change=change)])
    parts.outbox.wake()
    log.info("submission chosen", submission=str(submission_id))
    return submission_body(await find_submission(parts, submission_id, caller), caller.role)
