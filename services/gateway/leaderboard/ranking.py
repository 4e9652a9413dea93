"""Ranks each team's counting submission, and marks which ranks are within the noise."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from arena.api.leaderboard import CurrentSubmission, LeaderboardRow
from arena.rules.ranking import RankingKey, rank, ranking_key
from services.gateway.leaderboard.tables import RankedSubmission, RankedTeamRow
from services.gateway.leaderboard.within_noise import Losses, within_noise_all


class PlacedTeam(NamedTuple):
    """All that a row of the leaderboard is made of."""

    team: RankedTeamRow
    submission: RankedSubmission
    rank: int | None
    within_noise_of_next: bool


class Ranking:
    """Ranks teams again and again. What is as it was the last time is not computed anew.

    Losses of scored submissions never change, so neither does whether two of them are within the noise.
    """

    def __init__(self) -> None:
        self._noise: dict[tuple[UUID, UUID], bool] = {}
        self._rows: dict[str, tuple[PlacedTeam, LeaderboardRow]] = {}

    def rank(self, teams: Iterable[RankedTeamRow], losses: Mapping[UUID, Losses]) -> list[LeaderboardRow]:
        """Return the teams with a scored submission in their order, then the others by provisional score, unranked."""
        teams = list(teams)
        finished = rank(((team, team.counting) for team in teams if team.counting is not None), _key)
        unfinished = rank(
            ((team, team.current) for team in teams if team.counting is None and team.current is not None), _key
        )
        noise = [*self._mark_noise([submission.id for _, submission in finished], losses), False]
        places = [PlacedTeam(*each, number, noise[number - 1]) for number, each in enumerate(finished, start=1)]
        places += [PlacedTeam(*each, None, within_noise_of_next=False) for each in unfinished]
        self._rows = {place.team.columns.team: self._row(place) for place in places}
        return [row for _, row in self._rows.values()]

    def _mark_noise(self, in_order: Sequence[UUID], losses: Mapping[UUID, Losses]) -> list[bool]:
        pairs = list(itertools.pairwise(in_order))
        new = [pair for pair in pairs if pair not in self._noise]
        found = within_noise_all([(losses.get(a, {}), losses.get(b, {})) for a, b in new])
        known = self._noise | dict(zip(new, found, strict=True))
        self._noise = {pair: known[pair] for pair in pairs}
        return list(self._noise.values())

    def _row(self, place: PlacedTeam) -> tuple[PlacedTeam, LeaderboardRow]:
        before = self._rows.get(place.team.columns.team)
        return before if before is not None and before[0] == place else (place, _row(place))


def _key(entry: tuple[RankedTeamRow, RankedSubmission]) -> RankingKey:
    team, submission = entry
    return ranking_key(submission.score, submission.ended_at, team.columns.team)


def _row(place: PlacedTeam) -> LeaderboardRow:
    team, submission = place.team, place.submission
    low, high = submission.low, submission.high
    current = team.current and CurrentSubmission(
        submission_id=team.current.id,
        score=team.current.score,
        studies_done=team.current.studies_done,
        studies_total=team.current.studies_total,
    )
    return LeaderboardRow(
        **dict(team.columns),
        rank=place.rank,
        submission_id=submission.id,
        state=submission.state,
        score=submission.score,
        interval=None if low is None or high is None else (low, high),
        provisional=place.rank is None,
        within_noise_of_next=place.within_noise_of_next,
        studies_done=submission.studies_done,
        studies_total=submission.studies_total,
        current=current,
    )
