"""Statistics of a final: from the losses of its studies to scores, ranks, and how sure they are.

Arrays of losses have shape (teams, boxes, studies); teams are in the order that breaks ties: the earlier submission
first. A team's score is 100 x (1 - the mean over boxes of the mean over studies).
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import stats

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Ints: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

REPLICATES = 10_000
SEED = 2020
LEVEL = 0.95
"""The confidence level of every interval."""
TAILS = (100 * (1 - LEVEL) / 2, 100 - 100 * (1 - LEVEL) / 2)
"""The percentiles between which an interval lies."""
CHUNK_DRAWS = 4_000_000
"""Study numbers drawn at a time, so that memory stays small."""
SCORE_DIGITS = 9
"""Scores that differ by less are equal: sums in another order differ by as much."""


@dataclass(frozen=True)
class FinalPlace:
    """A team's place in the final; `team` is its number in the array of losses."""

    team: int
    rank: int
    score: float
    score_low: float
    score_high: float
    rank_low: int
    rank_high: int
    p_best: float
    p_better_than_next: float | None
    """None for the last team."""
    tie_group: int
    """Counts from 1: the teams whose difference to the first of their group is within the noise."""
    within_noise_of_next: bool
    tie_broken: bool
    """The score is the next one's, so the earlier submission comes first."""


@dataclass(frozen=True)
class Final:
    """Places in order; `rank_shares[i, r]` is how often place i's team had rank r + 1 in the bootstrap."""

    places: list[FinalPlace]
    rank_shares: Array
    replicates: int


def scores_of(losses: Array) -> Array:
    """Return the score of each team, shape (teams,)."""
    return _to_score(losses.mean(axis=2).mean(axis=1))


def _to_score(losses: Array) -> Array:
    return np.round(100.0 * (1.0 - losses), SCORE_DIGITS)


def rank_final(losses: Array, *, replicates: int = REPLICATES, seed: int = SEED) -> Final:
    """Rank the teams and say by the bootstrap how sure each place is. There is at least one team, box and study."""
    if losses.ndim != 3 or 0 in losses.shape:
        raise ValueError(f"Expected losses of shape (teams, boxes, studies), none of them 0, got {losses.shape}.")
    scores = scores_of(losses)
    order = np.argsort(-scores, kind="stable")
    replicated = bootstrap_scores(losses[order], replicates=replicates, seed=seed)
    ranks = stats.rankdata(-replicated, method="min", axis=1)
    score_low, score_high = interval_of(replicated)
    rank_low, rank_high = np.percentile(ranks, TAILS, axis=0, method="inverted_cdf").astype(int)
    is_best = ranks == 1
    p_best = (is_best / is_best.sum(axis=1, keepdims=True)).mean(axis=0)
    groups = tie_groups(replicated)
    places = [
        FinalPlace(
            team=int(team),
            rank=number + 1,
            score=float(scores[team]),
            score_low=float(score_low[number]),
            score_high=float(score_high[number]),
            rank_low=int(rank_low[number]),
            rank_high=int(rank_high[number]),
            p_best=float(p_best[number]),
            p_better_than_next=_p_better(replicated, number) if number + 1 < len(order) else None,
            tie_group=groups[number],
            within_noise_of_next=number + 1 < len(order) and within_noise(replicated, number, number + 1),
            tie_broken=number + 1 < len(order) and bool(scores[team] == scores[order[number + 1]]),
        )
        for number, team in enumerate(order)
    ]
    return Final(places, _rank_shares(ranks), replicates)


def bootstrap_scores(losses: Array, *, replicates: int, seed: int) -> Array:
    """Return scores of a hierarchical bootstrap, shape (replicates, teams).

    A replicate draws as many black boxes as there are, with replacement, and for each box drawn as many of its studies.
    All teams get the same draws: what makes a box or a study easy for everybody then cancels out of differences.
    """
    _, boxes, studies = losses.shape
    random = np.random.default_rng(seed)
    box_of_draw = random.integers(boxes, size=(replicates, boxes))
    means = np.empty((replicates, boxes, len(losses)))
    for box in range(boxes):
        drawn = np.nonzero(box_of_draw == box)
        by_study = np.ascontiguousarray(losses[:, box, :].T)
        found = [_means(random, by_study, count) for count in _chunks(len(drawn[0]), max(1, CHUNK_DRAWS // studies))]
        means[drawn] = np.concatenate(found) if found else 0.0
    return _to_score(means.mean(axis=1))


def _chunks(total: int, size: int) -> list[int]:
    return [min(size, total - start) for start in range(0, total, size)]


def _means(random: np.random.Generator, by_study: Array, draws: int) -> Array:
    """Return for each of `draws` resamples of the studies every team's mean, shape (draws, teams)."""
    studies = len(by_study)
    picked = random.integers(studies, size=(draws, studies))
    cells = (picked + np.arange(draws)[:, np.newaxis] * studies).ravel()
    counts = np.bincount(cells, minlength=draws * studies).reshape(draws, studies)
    means: Array = counts @ by_study / studies
    return means


def interval_of(replicated: Array) -> tuple[Array, Array]:
    """Return the low and the high end of the interval of each quantity, of which the rows are replicates."""
    low, high = np.percentile(replicated, TAILS, axis=0)
    return low, high


def within_noise(replicated: Array, a: int, b: int) -> bool:
    """Tell whether the interval of the difference of two teams' scores contains 0."""
    low, high = interval_of(replicated[:, a] - replicated[:, b])
    return bool(low <= 0 <= high)


def tie_groups(replicated: Array) -> list[int]:
    """Return each team's group, in order: a group ends before the first team that is surely below the group's first."""
    groups: list[int] = []
    first = 0
    for team in range(replicated.shape[1]):
        if team > 0 and not within_noise(replicated, first, team):
            first = team
        groups.append(groups[-1] + (first == team) if groups else 1)
    return groups


def _p_better(replicated: Array, number: int) -> float:
    """Return how often a team beats the next one; an equal score is half a win."""
    difference = replicated[:, number] - replicated[:, number + 1]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def _rank_shares(ranks: Array) -> Array:
    teams = ranks.shape[1]
    shares: Array = np.stack([(ranks == rank).mean(axis=0) for rank in range(1, teams + 1)], axis=1)
    return shares
