"""The score as Bayesmark's own aggregation computes it, to compare ours with."""

from typing import Any

import numpy as np
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

Array = np.ndarray[Any, np.dtype[np.float64]]


N_CALLS, N_SUGGESTIONS, BOXES, STUDIES = 4, 3, 3, 2


def bayesmark_loss(evals: Array, clip_best: list[tuple[float, float]]) -> tuple[float, Array]:
    """Return the mean loss and the loss of each box at the last iteration, from Bayesmark's `compute_aggregates`."""
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
