"""The statistics of a final against naive versions, SciPy and Bayesmark."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from arena.report.comparison import compare
from arena.report.data import losses_of, read_data
from arena.report.statistics import Array, bootstrap_scores, rank_final, scores_of, tie_groups
from benchmarks.synthetic import SyntheticFinal
from tests.support.oracles.scoring_oracle import bayesmark_loss

REPLICATES = 200
losses = arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)),
    elements=st.floats(-1, 1),
)


def noisy(teams: int, boxes: int, studies: int, seed: int = 0) -> Array:
    random = np.random.default_rng(seed)
    of_boxes = random.uniform(0, 0.5, boxes)[:, np.newaxis]
    found: Array = np.clip(of_boxes + random.normal(0, 0.1, (teams, boxes, studies)), -1, 1)
    return found


@given(losses)
def test_places_are_in_the_order_of_the_scores_and_shares_are_shares(found: Array) -> None:
    final = rank_final(found, replicates=REPLICATES)

    scores = [place.score for place in final.places]
    naive = [100 * (1 - np.mean([np.mean(box) for box in team])) for team in found]
    assert [naive[place.team] for place in final.places] == pytest.approx(scores, abs=1e-8)
    assert scores == sorted(scores, reverse=True)
    assert [place.rank for place in final.places] == list(range(1, len(found) + 1))
    assert sum(place.p_best for place in final.places) == pytest.approx(1)
    assert final.rank_shares.sum(axis=1) == pytest.approx(np.ones(len(found)))
    for place in final.places:
        assert place.score_low <= place.score_high
        assert 1 <= place.rank_low <= place.rank_high <= len(found)


@given(losses, st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_final(found: Array, seed: int) -> None:
    first, second = (bootstrap_scores(found, replicates=20, seed=seed) for _ in range(2))
    assert np.array_equal(first, second)


@given(arrays(float, (3, 4), elements=st.floats(-1, 1)))
def test_equal_teams_are_a_tie_that_the_earlier_submission_wins(one: Array) -> None:
    final = rank_final(np.stack([one, one, one]), replicates=REPLICATES)

    assert [place.team for place in final.places] == [0, 1, 2]
    assert [place.tie_group for place in final.places] == [1, 1, 1]
    assert [place.tie_broken for place in final.places] == [True, True, False]
    assert [place.p_best for place in final.places] == pytest.approx([1 / 3] * 3)
    assert final.places[0].p_better_than_next == 0.5


def test_who_is_surely_better_is_the_best_and_alone_in_its_group() -> None:
    found = noisy(3, 8, 10)
    found[1] -= 0.4

    first, second, _ = rank_final(found, replicates=REPLICATES).places

    assert (first.team, first.p_best, first.p_better_than_next, first.rank_high) == (1, 1.0, 1.0, 1)
    assert not first.within_noise_of_next
    assert second.tie_group == first.tie_group + 1


def test_with_one_study_a_box_the_interval_is_scipys_bootstrap_over_boxes() -> None:
    found = noisy(1, 25, 1)

    (place,) = rank_final(found).places

    by_scipy = stats.bootstrap(
        (100 * (1 - found[0, :, 0]),), np.mean, method="percentile", n_resamples=10_000, random_state=1
    ).confidence_interval
    assert (place.score_low, place.score_high) == pytest.approx((by_scipy.low, by_scipy.high), abs=0.25)


def test_the_bootstrap_draws_boxes_and_for_each_drawn_its_studies() -> None:
    found = noisy(2, 6, 5)
    random = np.random.default_rng(1)

    def naive() -> list[float]:
        boxes = random.integers(6, size=6)
        studies = [random.integers(5, size=5) for _ in boxes]
        pairs = list(zip(boxes, studies, strict=True))
        return [100 * (1 - np.mean([team[box, drawn].mean() for box, drawn in pairs])) for team in found]

    expected = np.array([naive() for _ in range(4000)])
    ours = bootstrap_scores(found, replicates=4000, seed=2)

    assert ours.mean(axis=0) == pytest.approx(expected.mean(axis=0), abs=0.5)
    assert ours.std(axis=0) == pytest.approx(expected.std(axis=0), rel=0.1)
    difference, naive_difference = (each[:, 0] - each[:, 1] for each in (ours, expected))
    assert difference.std() == pytest.approx(naive_difference.std(), rel=0.1)


def test_a_tie_group_is_what_cannot_be_told_from_its_first() -> None:
    spread = np.linspace(-1, 1, 101)[:, np.newaxis]
    replicated = np.array([90.0, 89.5, 80.0, 70.0]) + spread * np.array([1.0, -1.0, 0.0, 0.0])
    assert tie_groups(replicated) == [1, 1, 2, 3]


def test_losses_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="none of them 0"):
        rank_final(np.zeros((2, 0, 3)))


def test_the_critical_difference_is_that_of_demsars_table() -> None:
    found = np.random.default_rng(0).random((4, 14))

    comparison = compare(found, list("abcd"))

    assert comparison is not None
    assert comparison.critical_difference == pytest.approx(2.569 * math.sqrt(4 * 5 / (6 * 14)), abs=1e-3)
    assert comparison.mean_ranks.sum() == pytest.approx(4 * 5 / 2)
    assert compare(found[:2], list("ab")) is None
    same = compare(np.zeros((3, 5)), list("abc"))
    assert same is not None
    assert same.friedman_p == 1.0


def test_curves_are_bayesmarks_aggregates_of_the_exported_evaluations() -> None:
    synthetic = SyntheticFinal(["a", "b"], n_boxes=3, studies=2, n_calls=4, n_suggestions=3)
    lines = [json.loads(line) for line in synthetic.lines()]
    lines[1]["visible"][0][0] = lines[2]["visible"][3][2] = math.inf
    evaluations: dict[str, list[Any]] = {}
    for line in lines[1:]:
        evaluations.setdefault(line["team"], []).append(line["visible"])

    data = read_data(map(json.dumps, lines), synthetic.shown(), synthetic.baseline())

    for row, team in enumerate(data.teams):
        by_study = np.array(evaluations[team.name]).reshape(3, 2, 4, 3)
        loss, by_box = bayesmark_loss(by_study.transpose(2, 3, 0, 1), [(1.0, 0.0)] * 3)
        assert data.last[row].mean(axis=1) == pytest.approx(by_box)
        assert scores_of(data.last)[row] == pytest.approx(100 * (1 - loss))
    assert np.all(np.diff(data.losses, axis=-1) <= 0)


def test_losses_of_the_platform_are_those_of_the_export() -> None:
    synthetic = SyntheticFinal(["a", "b"], n_boxes=2, studies=3)
    data = read_data(synthetic.lines(), synthetic.shown(), synthetic.baseline())
    shown = synthetic.shown()
    with_losses = [
        each.model_copy(update={"losses": dict(zip(data.boxes, of_team.tolist(), strict=True))})
        for each, of_team in zip(shown.finalists, data.last, strict=True)
    ]

    teams, found = losses_of(shown.model_copy(update={"finalists": with_losses}))

    assert [team.name for team in teams] == ["a", "b"]
    assert np.array_equal(found, data.last)
