"""A phase's leaderboard in Postgres: each team's counting submission, and the one under way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.leaderboard import TeamColumns
from arena.words.states import SubmissionState
from services.gateway.scores import show_curve
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.leaderboard") / "queries.sql")
NEWEST = 2**63 - 1
"""An upper limit of the numbers, for Postgres to see a narrow range in "after this number": without, it plans for a
third of the table, and reads all of it."""


@dataclass(frozen=True)
class PhaseChangeRow:
    """The number of a phase's last change, and what else its leaderboard depends on."""

    change: int
    frozen_at: datetime | None
    counting: str


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
class SubmissionProgress:
    """A submission that has changed, and when its team last submitted it or it began or ended."""

    team_id: UUID
    submission: RankedSubmission
    changed_at: datetime


@dataclass(frozen=True)
class RankedTeamRow:
    """A team with its counting submission, its newest one that has not ended, or both, and all that have not ended."""

    columns: TeamColumns
    counting: RankedSubmission | None
    current: RankedSubmission | None
    unended: frozenset[UUID] = frozenset()

    def with_progress(self, changed: SubmissionProgress) -> "RankedTeamRow | None":
        """Return the team with what has changed, if a submission that had not ended only goes on; else None."""
        submission = changed.submission
        if submission.id not in self.unended or submission.ended_at is not None:
            return None
        is_shown = self.current is not None and self.current.id == submission.id
        changed_at = max(self.columns.changed_at, changed.changed_at)
        return replace(
            self,
            columns=self.columns.model_copy(update={"changed_at": changed_at}),
            current=submission if is_shown else self.current,
        )

    @property
    def is_shown(self) -> bool:
        """Whether the leaderboard has a row for the team."""
        return self.counting is not None or self.current is not None


@dataclass(frozen=True)
class RankBefore:
    """The rank that a team had in the phase its submission was copied from."""

    phase: str
    team: str
    rank: int


async def find_phase_change(where: PoolOrConnection, phase_id: UUID) -> PhaseChangeRow | None:
    """Return the number of a phase's last change."""
    return await fetch_one(PhaseChangeRow, queries.phase_change(where, phase_id=phase_id))


async def list_teams(connection: Connection, phase_id: UUID) -> dict[UUID, RankedTeamRow]:
    """Return the teams of a phase as they stand now, by their ids."""
    return {row["team_id"]: _team(row) async for row in queries.leaderboard(connection, phase_id=phase_id)}


async def list_teams_at(connection: Connection, phase_id: UUID, at: datetime) -> dict[UUID, RankedTeamRow]:
    """Return the teams of a phase as they stood at a moment, by their ids."""
    rows = queries.frozen_leaderboard(connection, phase_id=phase_id, at=at)
    return {row["team_id"]: _team(row) async for row in rows}


async def list_changed_submissions(
    pool: Pool, phase_id: UUID, since: int
) -> tuple[PhaseChangeRow, list[SubmissionProgress]] | None:
    """Return a phase's number, and the submissions that have changed since another one; None if the phase is gone."""
    rows = [row async for row in queries.changed_submissions(pool, phase_id=phase_id, since=since, newest=NEWEST)]
    if not rows:
        return None
    return _phase(rows[0]), [_changed(row) for row in rows if row["id"] is not None]


async def list_changed_teams(
    pool: Pool, phase_id: UUID, since: int
) -> tuple[PhaseChangeRow, dict[UUID, RankedTeamRow | None]] | None:
    """Return a phase's number, and the teams of whose submissions one has changed; None if the phase is gone.

    A team whose submissions are another's now, because it has merged into that one, is None.
    """
    rows = [row async for row in queries.leaderboard_since(pool, phase_id=phase_id, since=since, newest=NEWEST)]
    if not rows:
        return None
    changed = [row for row in rows if row["team_id"] is not None]
    return _phase(rows[0]), {row["team_id"]: _team(row) if row["submissions"] else None for row in changed}


def _phase(row: Mapping[str, Any]) -> PhaseChangeRow:
    return PhaseChangeRow(row["change"], row["frozen_at"], row["counting"])


def _changed(row: Mapping[str, Any]) -> SubmissionProgress:
    found = {name: row[name] for name in RankedSubmission.__dataclass_fields__}
    submission = RankedSubmission(**found | {"state": SubmissionState(row["state"])})
    return SubmissionProgress(row["team_id"], submission, row["changed_at"])


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
    return RankedTeamRow(columns, counting, current, frozenset(row["unended"] or ()))


async def box_losses(pool: Pool, submission_ids: list[UUID]) -> dict[UUID, dict[UUID, float]]:
    """Return the mean rescaled losses of scored submissions, by submission and black box."""
    return {
        row["submission_id"]: dict(zip(row["boxes"], row["losses"], strict=True))
        async for row in queries.box_losses(pool, submission_ids=submission_ids)
    }


async def ranks_before(pool: Pool, phase_id: UUID) -> list[RankBefore]:
    """Return the ranks that a final's teams had in the first phase; nothing for a phase that is not a final."""
    return await fetch_all(RankBefore, queries.ranks_before(pool, phase_id=phase_id))
