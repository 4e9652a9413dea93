"""The score, by Bayesmark's own formulas; tests hold every bit of it to Bayesmark's functions.

Two of these are written out, because importing them brings pandas, xarray, scikit-learn and SciPy's statistics, 80 MB
in each service that scores. The aggregator imports this, and it is a file of the black-box image, in which
`arena check` scores: so it imports nothing of the project.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from bayesmark.np_util import cummin, linear_rescale
from scipy.special import stdtrit

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
CONFIDENCE = 1 - 0.05


@dataclass(frozen=True)
class Score:
    """A leaderboard score, 100 x (1 - loss), and its 95 % interval over black boxes; None for a single box."""

    score: float
    low: float | None
    high: float | None


def rescale(losses: Array, clip: "Array | float", best: "Array | float") -> Array:
    """Return losses on the scale of scores: 1 is `clip`, 0 is `best`, clipped to [-1, 1]; the shapes broadcast.

    `inf` is allowed and clips to 1. The formula is that of `bayesmark.experiment_analysis.compute_aggregates`.
    """
    rescaled: Array = np.clip(linear_rescale(losses, best, clip, 0.0, 1.0, enforce_bounds=False), -1.0, 1.0)
    return rescaled


@dataclass(frozen=True)
class BoxStudies:
    """The studies of one black box: what their losses refer to, and the visible losses of each."""

    clip: float
    best: float
    visible: Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True)
class BoxScore:
    """The loss of each study of one black box, and their mean."""

    study_losses: list[float]
    loss: float


def best_so_far(losses: Array) -> Array:
    """Return the least loss up to each iteration, as `bayesmark.experiment_analysis.get_perf_array` does.

    `losses` has shape (n_calls, n_suggestions, n_studies), with at least one of each; the answer (n_calls, n_studies).
    """
    least = np.take_along_axis(losses, np.argmin(losses, axis=1)[:, np.newaxis], axis=1)[:, 0]
    best: Array = cummin(least, least)
    return best


def interval_half_width(values: Array) -> Array:
    """Return half the width of the 95 % interval of the mean, along the last axis, as `bayesmark.stats.t_EB` does.

    There are at least two values.
    """
    n = values.shape[-1]
    low, high = stdtrit(n - 1, (1.0 - CONFIDENCE) / 2), stdtrit(n - 1, (1.0 + CONFIDENCE) / 2)
    standard_error = np.std(values, axis=-1, ddof=1) / np.sqrt(n)
    half: Array = 0.5 * standard_error * (high - low)
    return half


def study_curve(visible: Sequence[Sequence[float]], clip: float, best: float) -> list[float]:
    """Return a study's loss after each iteration, n_calls of them: 1 is `clip`, 0 is `best`, clipped to [-1, 1].

    The last is the study's loss. `visible` has shape (n_calls, n_suggestions) and no NaN.
    """
    losses = np.asarray(visible, dtype=float)[:, :, np.newaxis]
    curve: list[float] = rescale(best_so_far(losses)[:, 0], clip, best).tolist()
    return curve


def study_loss(visible: Sequence[Sequence[float]], clip: float, best: float) -> float:
    """Return a study's loss at its last iteration; arguments are those of `study_curve`."""
    return study_curve(visible, clip, best)[-1]


def submission_score(box_losses: Sequence[float]) -> Score:
    """Return the score of black boxes whose losses are means over their studies; the interval is over boxes."""
    losses = np.asarray(box_losses, dtype=float)
    score = 100.0 * (1.0 - float(np.mean(losses)))
    if len(losses) < 2:
        return Score(score, None, None)
    half_width = 100.0 * float(interval_half_width(losses))
    return Score(score, score - half_width, score + half_width)


def score_studies(boxes: Mapping[str, BoxStudies]) -> tuple[dict[str, BoxScore], Score]:
    """Return the score of a submission from its studies, at least one on each black box."""
    scored = {}
    for box, studies in boxes.items():
        losses = [study_loss(visible, studies.clip, studies.best) for visible in studies.visible]
        scored[box] = BoxScore(losses, math.fsum(losses) / len(losses))
    return scored, submission_score([each.loss for each in scored.values()])
