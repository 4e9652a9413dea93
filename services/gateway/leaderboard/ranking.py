"""Ranks each team's counting submission, and marks which ranks are within the noise."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from arena.api.leaderboard import CurrentSubmission, LeaderboardRow
from arena.rules.ranking import RankingKey, rank, ranking_key
from services.gateway.leaderboard import tables
from services.gateway.leaderboard.tables import PhaseChangeRow, RankedSubmission, RankedTeamRow
from services.gateway.leaderboard.within_noise import Losses, within_noise_all
from shared.database import Connection, Pool

NOT_ENDED = datetime.max.replace(tzinfo=UTC)
"""Equal provisional scores are ordered by the team's name alone."""


@dataclass(frozen=True)
class RankedLeaderboard:
    """Rows that include every change up to number `change`, or up to the moment the phase was frozen."""

    change: int
    frozen_at: datetime | None
    rows: list[LeaderboardRow]


@dataclass(frozen=True)
class Leader:
    """The team that is first in a ranking."""

    team: str
    score: float | None


class PhaseGone(Exception):
    """The phase was deleted, as one without submissions may be."""


class LeaderboardReader:
    """Reads a phase's leaderboard. Losses of scored submissions never change, so they are cached.

    While a phase is frozen, only a reader with `present` sees what came after the freeze.
    """

    def __init__(self, pool: Pool, phase_id: UUID, *, present: bool) -> None:
        self._pool = pool
        self._phase_id = phase_id
        self._present = present
        self._losses: dict[UUID, dict[UUID, float]] = {}

    async def load(self) -> RankedLeaderboard:
        """Return the current leaderboard. Raises PhaseGone."""
        phase, teams = await self._read()
        shown = {team.counting.id for team in teams if team.counting is not None}
        self._losses = {each: losses for each, losses in self._losses.items() if each in shown}
        unknown = list(shown - self._losses.keys())
        if unknown:
            self._losses |= await tables.box_losses(self._pool, unknown)
        return RankedLeaderboard(phase.change, phase.frozen_at, rank_teams(teams, self._losses))

    async def find_leader(self) -> Leader | None:
        """Return who is first, if anybody; reads no losses, which only tell noise. Raises PhaseGone."""
        _, teams = await self._read()
        finished = _rank_finished(teams)
        return Leader(finished[0][0].columns.team, finished[0][1].score) if finished else None

    async def _read(self) -> tuple[PhaseChangeRow, list[RankedTeamRow]]:
        # One snapshot, so that a change right after a freeze is not shown as if it came before it.
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            phase = await tables.find_phase_change(connection, self._phase_id)
            if phase is None:
                raise PhaseGone(f"there is no phase {self._phase_id}")
            return phase, await self._teams(connection, phase.frozen_at)

    async def _teams(self, connection: Connection, frozen_at: datetime | None) -> list[RankedTeamRow]:
        if frozen_at is None or self._present:
            return await tables.list_teams(connection, self._phase_id)
        return await tables.list_teams_at(connection, self._phase_id, frozen_at)


def rank_teams(teams: Iterable[RankedTeamRow], losses: Mapping[UUID, Losses]) -> list[LeaderboardRow]:
    """Order teams: those with a scored submission by the ranking, then the others by provisional score, unranked."""
    teams = list(teams)
    finished = _rank_finished(teams)
    unfinished = rank(
        ((team, team.current) for team in teams if team.counting is None and team.current is not None), _key
    )
    in_order = [losses.get(submission.id, {}) for _, submission in finished]
    noise = [*within_noise_all(list(itertools.pairwise(in_order))), False]
    rows = [
        _row(team, submission, place, within_noise_of_next=noise[place - 1])
        for place, (team, submission) in enumerate(finished, start=1)
    ]
    return rows + [_row(team, submission, None, within_noise_of_next=False) for team, submission in unfinished]


def _rank_finished(teams: Iterable[RankedTeamRow]) -> list[tuple[RankedTeamRow, RankedSubmission]]:
    return rank(((team, team.counting) for team in teams if team.counting is not None), _key)


def _key(entry: tuple[RankedTeamRow, RankedSubmission]) -> RankingKey:
    team, submission = entry
    return ranking_key(submission.score, submission.ended_at or NOT_ENDED, team.columns.team)


def _row(
    team: RankedTeamRow, submission: RankedSubmission, place: int | None, *, within_noise_of_next: bool
) -> LeaderboardRow:
    low, high = submission.low, submission.high
    current = team.current and CurrentSubmission(
        submission_id=team.current.id,
        score=team.current.score,
        studies_done=team.current.studies_done,
        studies_total=team.current.studies_total,
    )
    return LeaderboardRow(
        **dict(team.columns),
        rank=place,
        submission_id=submission.id,
        state=submission.state,
        score=submission.score,
        interval=None if low is None or high is None else (low, high),
        provisional=place is None,
        within_noise_of_next=within_noise_of_next,
        studies_done=submission.studies_done,
        studies_total=submission.studies_total,
        current=current,
    )
