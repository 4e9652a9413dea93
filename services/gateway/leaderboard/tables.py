"""A phase's leaderboard in Postgres: each team's counting submission, and the one under way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.leaderboard import TeamColumns
from arena.words.states import SubmissionState
from services.gateway.scores import show_curve
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.leaderboard") / "queries.sql")


@dataclass(frozen=True)
class PhaseChangeRow:
    """The number of a phase's last change, and since when its leaderboard is frozen."""

    change: int
    frozen_at: datetime | None


@dataclass(frozen=True)
class RankedSubmission:
    """A submission on a leaderboard."""

    id: UUID
    state: SubmissionState
    score: float | None
    low: float | None
    high: float | None
    studies_done: int
    studies_total: int
    ended_at: datetime | None


@dataclass(frozen=True)
class RankedTeamRow:
    """A team with its counting submission, its newest one that has not ended, or both."""

    columns: TeamColumns
    counting: RankedSubmission | None
    current: RankedSubmission | None


@dataclass(frozen=True)
class RankBefore:
    """The rank that a team had in the phase its submission was copied from."""

    phase: str
    team: str
    rank: int


async def find_phase_change(where: PoolOrConnection, phase_id: UUID) -> PhaseChangeRow | None:
    """Return the number of a phase's last change."""
    return await fetch_one(PhaseChangeRow, queries.phase_change(where, phase_id=phase_id))


async def list_teams(connection: Connection, phase_id: UUID) -> list[RankedTeamRow]:
    """Return the teams of a phase as they stand now."""
    return [_team(row) async for row in queries.leaderboard(connection, phase_id=phase_id)]


async def list_teams_at(connection: Connection, phase_id: UUID, at: datetime) -> list[RankedTeamRow]:
    """Return the teams of a phase as they stood at a moment."""
    return [_team(row) async for row in queries.frozen_leaderboard(connection, phase_id=phase_id, at=at)]


def _team(row: Mapping[str, Any]) -> RankedTeamRow:
    counting = current = None
    if row["best_id"] is not None:
        counting = RankedSubmission(
            id=row["best_id"],
            state=SubmissionState.SCORED,
            score=row["best_score"],
            low=row["best_low"],
            high=row["best_high"],
            studies_done=row["best_done"],
            studies_total=row["best_total"],
            ended_at=row["best_ended_at"],
        )
    if row["current_id"] is not None:
        current = RankedSubmission(
            id=row["current_id"],
            state=SubmissionState(row["current_state"]),
            score=row["current_score"],
            low=row["current_low"],
            high=row["current_high"],
            studies_done=row["current_done"],
            studies_total=row["current_total"],
            ended_at=None,
        )
    found = {name: row[name] for name in TeamColumns.model_fields}
    columns = TeamColumns.model_validate(found | {"curve": show_curve(row["curve"])})
    return RankedTeamRow(columns, counting, current)


async def box_losses(pool: Pool, submission_ids: list[UUID]) -> dict[UUID, dict[UUID, float]]:
    """Return the mean rescaled losses of scored submissions, by submission and black box."""
    return {
        row["submission_id"]: dict(zip(row["boxes"], row["losses"], strict=True))
        async for row in queries.box_losses(pool, submission_ids=submission_ids)
    }


async def ranks_before(pool: Pool, phase_id: UUID) -> list[RankBefore]:
    """Return the ranks that a final's teams had in the first phase; nothing for a phase that is not a final."""
    return await fetch_all(RankBefore, queries.ranks_before(pool, phase_id=phase_id))
