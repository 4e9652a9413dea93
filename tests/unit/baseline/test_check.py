"""The criterion by which a baseline set differs from another: quiet about noise, loud about another problem."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.baseline.check import Official, differences, quantile_p
from arena.baseline.compute import Evaluations
from arena.words.objectives import GENERALIZATION, VISIBLE

SHAPE = (16, 8, 10)
N = 16 * 8 * 10
ALPHA = 0.05 / 40


def draw(seed: int, rounded: int | None = None, shift: float = 0.0) -> npt.NDArray[np.float64]:
    losses = np.random.RandomState(seed).gamma(2.0, size=SHAPE) + shift
    return losses if rounded is None else np.round(losses, rounded)


def evaluations(losses: npt.NDArray[np.float64]) -> Evaluations:
    return Evaluations("box-01", "DT_iris_acc", (1.0, 2.0, 3.0, 4.0, 5.0), {VISIBLE: losses, GENERALIZATION: losses})


def official(losses: npt.NDArray[np.float64], best: float = 0.0) -> dict[str, Official]:
    median = float(np.median(losses.reshape(128, -1).min(axis=0)))
    return {objective: Official(float(np.median(losses)), median, 128, best) for objective in (VISIBLE, GENERALIZATION)}


@given(st.integers(0, 2**31), st.sampled_from([None, 1, 0]))
def test_two_samples_of_one_distribution_do_not_differ_with_or_without_ties(seed: int, rounded: int | None) -> None:
    ours, theirs = draw(seed, rounded), draw(seed + 1, rounded)

    for q in (0.5, 1 - 0.5 ** (1 / 128)):
        value = float(np.quantile(theirs, q, method="inverted_cdf"))
        assert quantile_p(ours, value, q, N) > 1e-6  # of 100 examples none is so rare


@pytest.mark.parametrize("q", [0.5, 0.1])
def test_a_true_null_hypothesis_is_rejected_as_often_as_the_test_says(q: float) -> None:
    rejected = sum(
        quantile_p(draw(2 * seed), float(np.quantile(draw(2 * seed + 1), q, method="inverted_cdf")), q, N) < 0.05
        for seed in range(400)
    )
    assert rejected / 400 == pytest.approx(0.05, abs=0.03)


def test_losses_that_differ_in_their_last_bits_alone_are_ties() -> None:
    constant = 1.0920077176895173  # what a model that learns nothing reaches, in most evaluations
    ours = np.where(draw(1) < 2.0, constant, draw(1))

    for other in (np.nextafter(constant, 0.0), np.nextafter(constant, 2.0)):
        assert quantile_p(ours, float(other), 0.5, N) > ALPHA


def test_another_distribution_is_found_by_its_clip_and_its_median() -> None:
    found = differences(evaluations(draw(1)), 0.0, official(draw(2, shift=0.5)), ALPHA, None)

    assert {(each.objective, each.what) for each in found} == {
        (objective, what) for objective in (VISIBLE, GENERALIZATION) for what in ("clip", "median")
    }
    assert all(each.ours < each.official for each in found)


def test_the_same_problem_has_no_difference() -> None:
    assert differences(evaluations(draw(1)), 0.0, official(draw(2)), ALPHA, None) == []


@pytest.mark.parametrize(("best", "cure"), [(0.5, "raise --strong-calls"), (-0.5, "ours is better")])
def test_a_best_that_is_off_by_more_than_studies_scatter_differs(best: float, cure: str) -> None:
    losses = draw(1)
    scatter = float(np.std(losses.min(axis=(0, 1)), ddof=1))
    assert scatter < 0.2

    (found,) = differences(evaluations(losses), best, official(draw(2)), ALPHA, None)
    none = differences(evaluations(losses), scatter, official(draw(2)), ALPHA, None)

    assert (found.what, none) == ("best", [])
    assert found.cure.startswith(cure)


def test_evaluations_that_failed_are_as_bad_as_can_be_and_no_error() -> None:
    losses = draw(1)
    losses[:, 0, 0] = np.inf

    assert differences(evaluations(losses), 0.0, official(draw(2)), ALPHA, None) == []
