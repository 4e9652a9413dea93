"""Ranks the rows of a leaderboard anew by a board's rule, with baseline rows where they would stand. Pure."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from arena.api.leaderboard import BoardRow
from arena.rules.ranking import RankingKey, rank, ranking_key
from arena.scoring import Score, submission_score
from services.gateway.leaderboard.within_noise import Losses, within_noise_all


@dataclass(frozen=True)
class BoardEntry:
    """A submission that a board shows, or the organizer's runs of a baseline row: its mean losses by black box.

    A submission that runs has no rank and no `ended_at`, and neither has a baseline row.
    """

    team: str
    losses: Losses
    studies_done: int
    studies_total: int
    ended_at: datetime | None = None
    is_ranked: bool = True
    is_baseline: bool = False

    @property
    def is_placed(self) -> bool:
        """Whether it stands among the ranked ones."""
        return self.is_ranked or self.is_baseline


class _Scored(NamedTuple):
    entry: BoardEntry
    score: Score | None


def rank_board(entries: Sequence[BoardEntry]) -> list[BoardRow]:
    """Return the ranked entries in their order, baseline rows among them, then the others by provisional score."""
    scored = [_Scored(each, submission_score([*each.losses.values()]) if each.losses else None) for each in entries]
    placed, others = (rank([each for each in scored if each.entry.is_placed is p], _key) for p in (True, False))
    return _number(placed) + [_row(each, None, noise=False) for each in others]


def _key(scored: _Scored) -> RankingKey:
    entry, score = scored
    return ranking_key(None if score is None else score.score, entry.ended_at, entry.team)


def _number(placed: Sequence[_Scored]) -> list[BoardRow]:
    ranked = [each.entry for each in placed if each.entry.is_ranked]
    noise = iter([*within_noise_all([(a.losses, b.losses) for a, b in itertools.pairwise(ranked)]), False])
    numbers = itertools.count(1)
    return [
        _row(each, next(numbers), noise=next(noise)) if each.entry.is_ranked else _row(each, None, noise=False)
        for each in placed
    ]


def _row(scored: _Scored, number: int | None, *, noise: bool) -> BoardRow:
    entry, score = scored
    interval = None if score is None or score.low is None or score.high is None else (score.low, score.high)
    return BoardRow(
        team=entry.team,
        baseline=entry.is_baseline,
        rank=number,
        score=None if score is None else score.score,
        interval=interval,
        provisional=not entry.is_placed or entry.studies_done < entry.studies_total,
        within_noise_of_next=noise,
        studies_done=entry.studies_done,
        studies_total=entry.studies_total,
    )
