"""The one order in which submissions are ranked, wherever they are: leaderboard, re-scoring, final, report.

Where Postgres ranks, it orders by `score desc, ended_at, name collate "C"`; a test holds the two together.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

EntryT = TypeVar("EntryT")
NOT_YET = datetime.max.replace(tzinfo=UTC)


class RankingKey(NamedTuple):
    """What decides between two submissions, the most important first; the smaller key ranks higher."""

    has_no_score: bool
    negated_score: float
    at: datetime
    team: str


def ranking_key(score: float | None, at: datetime | None, team: str) -> RankingKey:
    """Return the key of a submission.

    The higher score is first; of equal scores the earlier one, which on a leaderboard is the one that ended earlier and
    in a final the one that was submitted earlier; of equal times the team whose name is first by its code points. A
    missing score is last, and so is, of equal scores, a submission that has not ended.
    """
    return RankingKey(score is None, -(score or 0.0), at or NOT_YET, team)


def rank(entries: Iterable[EntryT], key: Callable[[EntryT], RankingKey]) -> list[EntryT]:
    """Return the entries in their order, the best first: an entry's rank is its place, counted from 1."""
    return sorted(entries, key=key)
