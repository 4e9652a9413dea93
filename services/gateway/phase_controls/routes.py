"""The organizer's hand in a running phase: its freeze, a team's quotas, who goes first."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from arena.words.names import Label
from services.gateway.accounts.callers import Manager
from services.gateway.competitions.phases import find_phase
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries
from shared.messages import PhaseChanged

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
PRIORITY_LIMIT = 1000
Body = dict[str, Any]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class TeamQuota(BaseModel):
    """A team's own quotas in a phase; what is null is the phase's."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    phase: Label
    attempts_per_day: Count | None = None
    scored_per_day: Count | None = None
    active_submissions: Count | None = None


class Priority(BaseModel):
    """What is added to the priority of the submission's phase; a higher sum goes first, whatever team it is of."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    priority: int = Field(ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT)


@router.post("/competitions/{slug}/phases/{phase}/freeze")
async def freeze(slug: str, phase: str, parts: WithParts, _: Manager) -> Body:
    """Show everybody but organizers the leaderboard as it is now, until it is unfrozen. Freezing twice is as once."""
    return await _set_frozen(parts, slug, phase, True)


@router.post("/competitions/{slug}/phases/{phase}/unfreeze")
async def unfreeze(slug: str, phase: str, parts: WithParts, _: Manager) -> Body:
    """Show everybody the present leaderboard again."""
    return await _set_frozen(parts, slug, phase, False)


async def _set_frozen(parts: Parts, slug: str, phase: str, frozen: bool) -> Body:
    phase_id = (await find_phase(parts, slug, phase))["id"]
    async with parts.pool.acquire() as connection, connection.transaction():
        change = await queries.next_change(connection, phase_id=phase_id)
        row = await queries.freeze_phase(connection, id=phase_id, frozen=frozen)
        await parts.outbox.put(connection, [PhaseChanged(phase_id=phase_id, change=change)])
    parts.outbox.wake()
    log.info("leaderboard frozen" if frozen else "leaderboard unfrozen", competition=slug, phase=phase)
    return {"competition": slug, "phase": row["name"], "frozen": frozen, "frozen_at": row["frozen_at"]}


@router.put("/competitions/{slug}/teams/{team}/quota")
async def put_team_quota(slug: str, team: str, body: TeamQuota, parts: WithParts, _: Manager) -> Body:
    """Give a team quotas of its own in a phase, more or fewer than the others'; all null takes them back."""
    phase = await find_phase(parts, slug, body.phase)
    team_id = await queries.find_team(parts.pool, competition_id=phase["competition_id"], name=team)
    if team_id is None:
        raise Problem(404, f"There is no team {team!r} in {slug}.")
    await queries.put_team_quota(
        parts.pool, team_id=team_id, phase_id=phase["id"], **body.model_dump(exclude={"phase"})
    )
    return {"competition": slug, "team": team, **body.model_dump()}


@router.post("/submissions/{submission_id}/priority")
async def prioritize(submission_id: UUID, body: Priority, parts: WithParts, caller: Manager) -> Body:
    """Let a submission go before those of lower priority, from the next free place on; what runs is not stopped."""
    submission = await find_submission(parts.pool, submission_id, caller)
    row = await queries.prioritize_submission(parts.pool, id=submission_id, priority=body.priority)
    if row is None:
        raise Problem(409, f"The submission has ended already: it is {submission.state}.")
    return {"submission_id": str(submission_id), "priority": row["priority"]}
