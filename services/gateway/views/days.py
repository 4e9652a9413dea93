"""The leaderboard at moments of the past. Pure."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from arena.api.views.days import TeamDays
from arena.rules.ranking import rank, ranking_key
from services.gateway.views.tables import ScoredRow

MOST_MOMENTS = 150
DIGITS = 3
DAY_S = 86_400
STEPS_S = (1, 10, 60, 600, 3600, 6 * 3600, DAY_S, 7 * DAY_S)
"""How far moments are apart: as little as gives no more than MOST_MOMENTS; where a week is too little, whole weeks."""
NEVER = datetime.min.replace(tzinfo=UTC)


def moments_between(first: datetime, last: datetime) -> list[datetime]:
    """Return moments on the clock (of UTC) from just before `first` on, and `last`."""
    length_s = (last - first).total_seconds()
    fitting = [step for step in STEPS_S if length_s / step <= MOST_MOMENTS - 2]
    step_s = fitting[0] if fitting else STEPS_S[-1] * math.ceil(length_s / STEPS_S[-1] / (MOST_MOMENTS - 2))
    start_s = math.floor(first.timestamp() / step_s) * step_s
    count = math.ceil((last.timestamp() - start_s) / step_s)
    return [datetime.fromtimestamp(start_s + step_s * number, UTC) for number in range(count)] + [last]


def days_of(rows: Sequence[ScoredRow], moments: Sequence[datetime]) -> list[TeamDays]:
    """Return every team's score and rank at each moment, in the order of the last ranks."""
    by_team: dict[str, list[ScoredRow]] = defaultdict(list)
    for row in rows:
        by_team[row.team].append(row)
    counting = {team: _counting(of_team, moments) for team, of_team in by_team.items()}
    ranks: dict[str, list[int | None]] = {team: [] for team in counting}
    for number, _ in enumerate(moments):
        present = [each for of_team in counting.values() if (each := of_team[number]) is not None]
        order = rank(present, lambda row: ranking_key(row.score, row.ended_at, row.team))
        places = {row.team: place for place, row in enumerate(order, start=1)}
        for team, of_places in ranks.items():
            of_places.append(places.get(team))
    found = [TeamDays(team=team, scores=_scores(of_team), ranks=ranks[team]) for team, of_team in counting.items()]
    return sorted(found, key=lambda team_days: (team_days.ranks[-1] or len(found), team_days.team))


def _scores(rows: Sequence[ScoredRow | None]) -> list[float | None]:
    return [None if row is None else round(row.score, DIGITS) for row in rows]


def _counting(rows: Sequence[ScoredRow], moments: Sequence[datetime]) -> list[ScoredRow | None]:
    """Return the submission of one team that counted at each moment; looks anew only where something has happened."""
    changes = sorted(at for row in rows for at in (row.ended_at, *row.chosen_at))
    seen = 0
    found: list[ScoredRow | None] = []
    for moment in moments:
        before = seen
        while seen < len(changes) and changes[seen] <= moment:
            seen += 1
        found.append(_counting_at(rows, moment) if seen > before else found[-1] if found else None)
    return found


def _counting_at(rows: Sequence[ScoredRow], moment: datetime) -> ScoredRow | None:
    """Return the submission last chosen, else the best, else of equally good ones the first."""

    def order(row: ScoredRow) -> tuple[datetime, float, float]:
        choice = max((at for at in row.chosen_at if at <= moment), default=NEVER)
        return choice, row.score, -row.ended_at.timestamp()

    return max((row for row in rows if row.ended_at <= moment), key=order, default=None)
