"""Combining random search and a strong optimizer: the worst is random search's, the best whoever's is better."""

import warnings

import numpy as np
import pytest
import xarray as xr
from bayesmark.constants import OBJECTIVE, PERF_BEST, PERF_CLIP, TEST_CASE
from bayesmark.experiment_baseline import validate
from bayesmark.quantiles import quantile
from hypothesis import given
from hypothesis import strategies as st

from arena.baseline.compute import Evaluations, compute_set
from arena.failure import Failure
from arena.words.objectives import GENERALIZATION, VISIBLE

CASES = ("kNN_wine_acc", "DT_iris_acc")


def curves(seed: int, n_calls: int, studies: int) -> list[Evaluations]:
    draw = np.random.RandomState(seed)
    return [
        Evaluations(
            f"box-{number}",
            case,
            (0.1, 0.2, 0.3, 0.4, 0.5),
            {each: draw.normal(size=(n_calls, 4, studies)) for each in (VISIBLE, GENERALIZATION)},
        )
        for number, case in enumerate(CASES)
    ]


@given(st.integers(0, 2**31), st.integers(1, 12), st.integers(1, 4))
def test_best_is_the_best_of_both_and_the_clip_is_random_searchs(seed: int, calls: int, studies: int) -> None:
    random, strong = curves(seed, 3, 5), curves(seed + 1, calls, studies)

    dataset = xr.Dataset.from_dict(compute_set(random, strong)["data"])

    for objective in (VISIBLE, GENERALIZATION):
        validate(dataset.sel({OBJECTIVE: objective}, drop=True))
        for searched, stronger in zip(random, strong, strict=True):
            at = {TEST_CASE: searched.test_case, OBJECTIVE: objective}
            best = min(searched.best(objective), stronger.best(objective))
            assert float(dataset[PERF_BEST].sel(at)) == pytest.approx(best, abs=1e-9)
            assert float(dataset[PERF_CLIP].sel(at)) == quantile(searched.losses[objective].ravel(), 0.5)


def test_a_known_optimum_is_the_best_and_needs_no_strong_optimizer() -> None:
    random = curves(1, 3, 5)
    of_function, of_data = random
    of_function.losses[GENERALIZATION] = of_function.losses[VISIBLE]
    known = {of_function.test_case: -100.0, of_data.test_case: -200.0}

    dataset = xr.Dataset.from_dict(compute_set(random, [], known)["data"])

    def best(each: Evaluations, objective: str) -> float:
        return float(dataset[PERF_BEST].sel({TEST_CASE: each.test_case, OBJECTIVE: objective}))

    assert [best(of_function, each) for each in (VISIBLE, GENERALIZATION)] == pytest.approx([-100.0, -100.0], abs=1e-6)
    expected = [-200.0, of_data.best(GENERALIZATION)]
    assert [best(of_data, each) for each in (VISIBLE, GENERALIZATION)] == pytest.approx(expected, abs=1e-6)


def test_a_box_on_which_most_random_points_fail_is_named() -> None:
    random = curves(1, 3, 5)
    random[1].losses[VISIBLE][:, :2] = np.inf

    with pytest.raises(Failure, match=r"box-1 \(DT_iris_acc\), but 30 of 60 failed"):
        compute_set(random, curves(2, 6, 1))


def test_random_search_may_reach_the_best_without_a_warning_of_bayesmarks() -> None:
    random, strong = curves(1, 3, 5), curves(2, 6, 1)
    for evaluations in (random, strong):
        np.maximum(evaluations[0].losses[VISIBLE], -0.5, out=evaluations[0].losses[VISIBLE])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compute_set(random, strong)
