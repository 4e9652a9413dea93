"""What the organizer controls in a running phase: freezing its leaderboard, a team's quotas, priorities."""

from uuid import UUID

import structlog
from fastapi import APIRouter

from arena.api.competitions import ChangedPriority, ChangedTeamQuota, FrozenPhase, NewPriority, NewTeamQuota
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Manager
from services.gateway.accounts.tables import find_team
from services.gateway.competitions.phases import find_phase
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.everlasting.tables import find_reopened_at
from services.gateway.phase_controls import tables
from services.gateway.problems import Problem
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.tables import next_change
from shared.database import Pool
from shared.messages import PhaseChanged
from shared.outbox import Outbox

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])


@router.post("/competitions/{slug}/phases/{phase}/freeze")
async def freeze(slug: str, phase: str, pool: WithPool, outbox: WithOutbox, _: Manager) -> FrozenPhase:
    """Show everybody but organizers the leaderboard as it is now, until it is unfrozen.

    Freezing again changes nothing.
    """
    return await _set_frozen(pool, outbox, slug, phase, frozen=True)


@router.post("/competitions/{slug}/phases/{phase}/unfreeze")
async def unfreeze(slug: str, phase: str, pool: WithPool, outbox: WithOutbox, _: Manager) -> FrozenPhase:
    """Show everybody the current leaderboard again, unless the phase was reopened: its final stays as it was."""
    return await _set_frozen(pool, outbox, slug, phase, frozen=False)


async def _set_frozen(pool: Pool, outbox: Outbox, slug: str, phase: str, *, frozen: bool) -> FrozenPhase:
    phase_id = (await find_phase(pool, slug, phase)).id
    async with pool.acquire() as connection, connection.transaction():
        change = await next_change(connection, phase_id)
        if await find_reopened_at(connection, phase_id) is not None:
            raise Problem(
                ProblemCode.REOPENED,
                f"{phase} was reopened, and its final stays frozen; later entries are on the everlasting board.",
            )
        frozen_at = await tables.set_frozen(connection, phase_id, frozen=frozen)
        await outbox.put(connection, [PhaseChanged(phase_id=phase_id, change=change)])
    outbox.wake()
    log.info("leaderboard frozen" if frozen else "leaderboard unfrozen", competition=slug, phase=phase)
    return FrozenPhase(competition=slug, phase=phase, frozen=frozen, frozen_at=frozen_at)


@router.put("/competitions/{slug}/teams/{team}/quota")
async def put_team_quota(slug: str, team: str, body: NewTeamQuota, pool: WithPool, _: Manager) -> ChangedTeamQuota:
    """Set a team's own quotas in a phase, higher or lower than the others'. All null removes them."""
    phase = await find_phase(pool, slug, body.phase)
    team_id = await find_team(pool, phase.competition_id, team)
    if team_id is None:
        raise Problem(ProblemCode.NO_SUCH_TEAM, f"There is no team {team!r} in {slug}.")
    await tables.put_team_quota(pool, team_id, phase.id, body)
    return ChangedTeamQuota(competition=slug, team=team, **dict(body))


@router.post("/submissions/{submission_id}/priority")
async def prioritize(submission_id: UUID, body: NewPriority, pool: WithPool, caller: Manager) -> ChangedPriority:
    """Let a submission run before those of lower priority, from the next free slot on. Nothing running is stopped."""
    submission = await find_submission(pool, submission_id, caller)
    if not await tables.prioritize(pool, submission_id, body.priority):
        raise Problem(ProblemCode.SUBMISSION_ENDED, f"The submission has ended already: it is {submission.state}.")
    return ChangedPriority(submission_id=submission_id, priority=body.priority)
