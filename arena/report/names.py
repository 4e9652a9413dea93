"""What parameter names were worth: the same finalists with visible names and with hidden ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from arena.api.reruns import FinalStatus
from arena.failure import Failure
from arena.report.data import FinalData, ScoredFinalist, losses_of
from arena.report.statistics import REPLICATES, SEED, Array, bootstrap_scores, interval_of, scores_of
from arena.report.tables import TEAM, Column, Table

RankAndScore: TypeAlias = tuple[int, float]
Interval: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class NamesWorth:
    """A team with and without the names of parameters; None where it has no score.

    `worth` is its score with names less that without.
    """

    team: str
    with_names: RankAndScore | None
    without_names: RankAndScore | None
    worth: float | None
    interval: Interval | None


@dataclass(frozen=True)
class PhaseLosses:
    """One of a final's two phases: its scored teams, and losses of shape (teams, boxes, studies)."""

    teams: Sequence[ScoredFinalist]
    losses: Array

    @property
    def rows(self) -> dict[str, int]:
        """Each team's row in `losses`, by the submission with which it came into the final."""
        return {team.origin_id: row for row, team in enumerate(self.teams)}

    def places(self) -> dict[str, RankAndScore]:
        """Return each team's rank and score; of equal scores the earlier row comes first, as in the final's table."""
        scores = scores_of(self.losses)
        ranked = enumerate(np.argsort(-scores, kind="stable"), start=1)
        return {self.teams[team].origin_id: (rank, float(scores[team])) for rank, team in ranked}


def compare_names(data: FinalData, second: FinalStatus) -> list[NamesWorth]:
    """Return what names were worth to each team of either phase, in the order of their ranks with names.

    `second` is the final's second phase, shown with losses.
    """
    if data.final.parameter_names == second.parameter_names:
        raise Failure(
            f"Expected one phase with visible parameter names and one with hidden ones; {data.final.phase} and "
            f"{second.phase} both have {second.parameter_names} ones."
        )
    teams, losses = losses_of(second)
    if sorted(second.boxes) != sorted(data.boxes) or losses.shape[2] != data.last.shape[2]:
        raise Failure(f"Expected {data.final.phase} and {second.phase} to have the same black boxes and studies.")
    first = PhaseLosses(data.teams, data.last)
    other = PhaseLosses(teams, losses[:, [second.boxes.index(box) for box in data.boxes]])
    return compare_phases(*((first, other) if second.parameter_names == "hidden" else (other, first)))


def compare_phases(visible: PhaseLosses, hidden: PhaseLosses) -> list[NamesWorth]:
    """Return what names were worth to each team, in the order of their ranks with names."""
    with_names, without_names, worths = visible.places(), hidden.places(), worth_by_team(visible, hidden)
    names = {team.origin_id: team.name for team in (*visible.teams, *hidden.teams)}
    found = [
        NamesWorth(name, with_names.get(origin), without_names.get(origin), *worths.get(origin, (None, None)))
        for origin, name in names.items()
    ]
    unranked = (len(names) + 1, 0.0)
    return sorted(found, key=lambda each: ((each.with_names or unranked)[0], (each.without_names or unranked)[0]))


def worth_by_team(
    visible: PhaseLosses, hidden: PhaseLosses, *, replicates: int = REPLICATES, seed: int = SEED
) -> dict[str, tuple[float, Interval]]:
    """Return the worth of names and its interval, for each team that has a score in both phases.

    The bootstrap draws the same black boxes and studies for both phases: what makes one hard cancels out.
    """
    both = [origin for origin in visible.rows if origin in hidden.rows]
    if not both:
        return {}
    paired = np.concatenate([each.losses[[each.rows[origin] for origin in both]] for each in (visible, hidden)])
    scores, replicated = scores_of(paired), bootstrap_scores(paired, replicates=replicates, seed=seed)
    low, high = interval_of(replicated[:, : len(both)] - replicated[:, len(both) :])
    return {
        origin: (float(scores[row] - scores[len(both) + row]), (float(low[row]), float(high[row])))
        for row, origin in enumerate(both)
    }


def names_table(worths: Sequence[NamesWorth]) -> Table:
    """Ranks and scores with names and without, and what names were worth."""
    columns = [
        TEAM,
        Column("rank_with_names", "rank with names", "count"),
        Column("rank_without_names", "rank without", "count"),
        Column("score_with_names", "score with names", "score"),
        Column("score_without_names", "score without", "score"),
        Column("worth", "names were worth", "score"),
        Column("worth_low", "95 % from", "score"),
        Column("worth_high", "to", "score"),
        Column("within_noise", "in noise", "flag"),
    ]
    rows = []
    for each in worths:
        (rank, score), (blind_rank, blind_score) = each.with_names or (None, None), each.without_names or (None, None)
        low, high = each.interval or (None, None)
        within_noise = None if low is None or high is None else low <= 0 <= high
        rows.append([each.team, rank, blind_rank, score, blind_score, each.worth, low, high, within_noise])
    return Table("names", columns, rows)
