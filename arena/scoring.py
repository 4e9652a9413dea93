"""The score. Bayesmark's own functions do the mathematics; this only feeds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from bayesmark.experiment_analysis import get_perf_array
from bayesmark.np_util import linear_rescale
from bayesmark.stats import t_EB

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"


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


def study_curve(visible: Sequence[Sequence[float]], clip: float, best: float) -> list[float]:
    """Return a study's loss after each iteration, n_calls of them: 1 is `clip`, 0 is `best`, clipped to [-1, 1].

    The last is the study's loss. `visible` has shape (n_calls, n_suggestions) and no NaN.
    """
    losses = np.asarray(visible, dtype=float)[:, :, np.newaxis]
    best_so_far = get_perf_array(losses, losses)
    curve: list[float] = rescale(best_so_far[:, 0], clip, best).tolist()
    return curve


def study_loss(visible: Sequence[Sequence[float]], clip: float, best: float) -> float:
    """Return a study's loss at its last iteration; arguments are those of `study_curve`."""
    return study_curve(visible, clip, best)[-1]


def submission_score(box_losses: Sequence[float]) -> Score:
    """Return the score of black boxes whose losses are means over their studies; the interval is by `t_EB`."""
    losses = np.asarray(box_losses, dtype=float)
    score = 100.0 * (1.0 - float(np.mean(losses)))
    if len(losses) < 2:
        return Score(score, None, None)
    half_width = 100.0 * float(t_EB(losses))
    return Score(score, score - half_width, score + half_width)
