"""What the organizer controls in a running phase, in Postgres."""

from datetime import datetime
from importlib.resources import files
from uuid import UUID

from arena.api.competitions import NewTeamQuota
from shared.database import Connection, Pool, load_queries

queries = load_queries(files("services.gateway.phase_controls") / "queries.sql")


async def set_frozen(connection: Connection, phase_id: UUID, *, frozen: bool) -> datetime | None:
    """Freeze or unfreeze a phase's leaderboard; returns since when it is frozen.

    Freezing again keeps the first time.
    """
    frozen_at: datetime | None = await queries.freeze_phase(connection, id=phase_id, frozen=frozen)
    return frozen_at


async def put_team_quota(pool: Pool, team_id: UUID, phase_id: UUID, quota: NewTeamQuota) -> None:
    """Set a team's own quotas in a phase."""
    await queries.put_team_quota(pool, team_id=team_id, phase_id=phase_id, **quota.model_dump(exclude={"phase"}))


async def prioritize(pool: Pool, submission_id: UUID, priority: int) -> bool:
    """Set a submission's priority; returns False if the submission has ended."""
    set_to: int | None = await queries.prioritize_submission(pool, id=submission_id, priority=priority)
    return set_to is not None
