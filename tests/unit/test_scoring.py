"""The score against Bayesmark's own aggregation as the oracle."""

import math
from typing import Any

import numpy as np
import pytest
import xarray as xr
from bayesmark.constants import (
    ITER,
    METHOD,
    NORMED_MEAN,
    PERF_BEST,
    PERF_CLIP,
    PERF_MEAN,
    PERF_MED,
    SUGGEST,
    TEST_CASE,
    TRIAL,
)
from bayesmark.experiment_analysis import compute_aggregates
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from arena.scoring import study_loss, submission_score

Array = np.ndarray[Any, np.dtype[np.float64]]

N_CALLS, N_SUGGESTIONS, BOXES, STUDIES = 4, 3, 3, 2
losses = st.floats(-1e3, 1e3) | st.just(math.inf)
evaluations = arrays(float, (N_CALLS, N_SUGGESTIONS, BOXES, STUDIES), elements=losses)
scales = st.lists(
    st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3)).map(lambda pair: (pair[0] + pair[1], pair[0])),
    min_size=BOXES,
    max_size=BOXES,
)


def bayesmark_loss(evals: Array, clip_best: list[tuple[float, float]]) -> tuple[float, Array]:
    """Return the mean loss and that of every box at the last iteration, by `compute_aggregates`."""
    boxes = [f"box-{number}" for number in range(BOXES)]
    coords = {ITER: range(N_CALLS), SUGGEST: range(N_SUGGESTIONS), TEST_CASE: boxes, TRIAL: range(STUDIES)}
    one = xr.DataArray(evals, coords, (ITER, SUGGEST, TEST_CASE, TRIAL))
    perf = one.expand_dims({METHOD: ["m"]})
    perf = perf.transpose(ITER, SUGGEST, TEST_CASE, METHOD, TRIAL)
    clip, best = np.array(clip_best).T
    falling = np.linspace(0.999, 0.5, N_CALLS)[:, None] * (clip - best) + best
    baseline = xr.Dataset(
        {
            PERF_MED: ((ITER, TEST_CASE), falling),
            PERF_MEAN: ((ITER, TEST_CASE), falling),
            PERF_CLIP: ((TEST_CASE,), clip),
            PERF_BEST: ((TEST_CASE,), best),
        },
        {ITER: range(N_CALLS), TEST_CASE: boxes},
    )
    by_box, summary = compute_aggregates(perf, baseline, perf)
    last = by_box[NORMED_MEAN].isel({ITER: -1, METHOD: 0}).sel({TEST_CASE: boxes}).values
    return float(summary[PERF_MEAN].isel({ITER: -1, METHOD: 0})), last


@given(evals=evaluations, clip_best=scales)
def test_the_score_is_bayesmarks_mean_of_normed_means(evals: Array, clip_best: list[tuple[float, float]]) -> None:
    expected, by_box = bayesmark_loss(evals, clip_best)

    box_losses = [
        float(np.mean([study_loss(evals[:, :, box, study].tolist(), *clip_best[box]) for study in range(STUDIES)]))
        for box in range(BOXES)
    ]

    assert box_losses == pytest.approx(by_box.tolist(), abs=1e-12)
    assert submission_score(box_losses).score == pytest.approx(100 * (1 - expected), abs=1e-9)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=60))
def test_the_interval_is_the_t_interval_over_boxes(box_losses: list[float]) -> None:
    score = submission_score(box_losses)

    half = stats.sem(box_losses) * stats.t.ppf(0.975, len(box_losses) - 1) * 100
    assert score.low == pytest.approx(score.score - half, abs=1e-9)
    assert score.high == pytest.approx(score.score + half, abs=1e-9)


def test_one_box_has_a_score_and_no_interval() -> None:
    score = submission_score([0.25])
    assert (score.score, score.low, score.high) == (75, None, None)


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ([[3.0, 2.0]], 1.0),
        ([[math.inf, math.inf]], 1.0),
        ([[1.0, 0.5], [2.0, 2.0]], 0.5),
        ([[0.0, 9.0]], 0.0),
        ([[-9.0, 9.0]], -1.0),
    ],
)
def test_a_loss_is_rescaled_from_best_to_clip_and_clipped(visible: list[list[float]], expected: float) -> None:
    assert study_loss(visible, clip=1.0, best=0.0) == expected
