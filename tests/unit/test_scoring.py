"""The score against Bayesmark's own aggregation as the oracle."""

import math

import numpy as np
import pytest
from bayesmark.experiment_analysis import get_perf_array
from bayesmark.stats import t_EB
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from arena.scoring import best_so_far, interval_half_width, study_loss, submission_score
from tests.support.oracles.scoring_oracle import BOXES, N_CALLS, N_SUGGESTIONS, STUDIES, Array, bayesmark_loss

losses = st.floats(-1e3, 1e3) | st.just(math.inf)
evaluations = arrays(float, (N_CALLS, N_SUGGESTIONS, BOXES, STUDIES), elements=losses)
scales = st.lists(
    st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3)).map(lambda pair: (pair[0] + pair[1], pair[0])),
    min_size=BOXES,
    max_size=BOXES,
)


@given(evals=evaluations, clip_best=scales)
def test_the_score_is_bayesmarks_mean_of_normed_means(evals: Array, clip_best: list[tuple[float, float]]) -> None:
    expected, by_box = bayesmark_loss(evals, clip_best)

    box_losses = [
        float(np.mean([study_loss(evals[:, :, box, study].tolist(), *clip_best[box]) for study in range(STUDIES)]))
        for box in range(BOXES)
    ]

    assert box_losses == pytest.approx(by_box.tolist(), abs=1e-12)
    assert submission_score(box_losses).score == pytest.approx(100 * (1 - expected), abs=1e-9)


@given(evals=arrays(float, (N_CALLS, N_SUGGESTIONS, STUDIES), elements=losses))
def test_the_best_so_far_is_bayesmarks_to_the_bit(evals: Array) -> None:
    assert best_so_far(evals).tobytes() == get_perf_array(evals, evals).tobytes()


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(2, 120)), elements=st.floats(-2, 2)))
def test_the_interval_is_bayesmarks_to_the_bit(values: Array) -> None:
    assert interval_half_width(values).tobytes() == t_EB(values).tobytes()


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
