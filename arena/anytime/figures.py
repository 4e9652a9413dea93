"""The figures of optimizers at any budget, each with its bootstrap interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arena.anytime.bootstrap import REPLICATES, SEED, interval_of_replicates, replicate_means
from arena.anytime.targets import TARGETS, choose_budgets
from arena.scoring import Array


@dataclass(frozen=True)
class Estimates:
    """Quantities of optimizers, along the first axis, and the ends of their intervals; three arrays of one shape."""

    value: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class AnytimeFigures:
    """What optimizers reach at any budget; the first axis of every array is that of the optimizers.

    `budgets` are numbers of iterations, `targets` rescaled losses. Scores are 100 x (1 - loss), in points.

    - `area`, shape (optimizers,): the area under the convergence curve, as the mean score over all iterations.
    - `scores`, shape (optimizers, budgets): the score after each budget.
    - `shares`, shape (optimizers, budgets): the ECDF, the share of (study, target) pairs reached within each budget.
    - `running_times`, shape (optimizers, targets): the expected number of evaluations until a target is reached, by
      studies started anew until one does. Infinite where no study reaches it.
    - `successes`, shape (optimizers, targets): the share of studies that reach each target.
    """

    budgets: Sequence[int]
    targets: Sequence[float]
    area: Estimates
    scores: Estimates
    shares: Estimates
    running_times: Estimates
    successes: Array


def measure_anytime(
    losses: Array,
    n_suggestions: int,
    *,
    targets: Sequence[float] = TARGETS,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> AnytimeFigures:
    """Return the figures of optimizers from their best losses so far, shape (optimizers, boxes, studies, iterations).

    Losses are rescaled so that 1 is the median random evaluation and 0 the best known. All optimizers have the same
    black boxes, studies and iterations, at least one of each; an iteration is `n_suggestions` evaluations. The figures
    of one optimizer do not depend on the others.
    """
    if losses.ndim != 4 or 0 in losses.shape:
        raise ValueError(f"Expected losses of shape (optimizers, boxes, studies, iterations), got {losses.shape}.")
    budgets = choose_budgets(losses.shape[-1])
    features = _features(losses, n_suggestions, budgets, targets)
    means = features.mean(axis=(1, 2))[np.newaxis]
    replicated = replicate_means(features, replicates=replicates, seed=seed)
    ends = np.cumsum([1, len(budgets), len(budgets), len(targets)])
    area, scores, shares, spent, reached = (
        (found, drawn)
        for found, drawn in zip(np.split(means, ends, axis=-1), np.split(replicated, ends, axis=-1), strict=True)
    )
    running_times = _ratio(spent[0], reached[0]), _ratio(spent[1], reached[1])
    return AnytimeFigures(
        budgets=budgets,
        targets=list(targets),
        area=_estimate(area[0][..., 0], area[1][..., 0]),
        scores=_estimate(*scores),
        shares=_estimate(*shares),
        running_times=_estimate(*running_times),
        successes=reached[0][0],
    )


def iterations_to(losses: Array, targets: Sequence[float]) -> Array:
    """Return after how many iterations each study first reaches each target, shape (..., targets); infinite if never.

    `losses` has shape (..., iterations) and never rises along it.
    """
    # As losses never rise, the iterations before the target are as many as those that miss it.
    missed = np.stack([(losses > target).sum(axis=-1) for target in targets], axis=-1)
    found: Array = np.where(missed < losses.shape[-1], missed + 1.0, np.inf)
    return found


def _features(losses: Array, n_suggestions: int, budgets: Sequence[int], targets: Sequence[float]) -> Array:
    """Return of each study the numbers whose means make up all figures, shape (..., features).

    The running time alone is no mean but a ratio of two: evaluations spent, and studies that reached the target.
    """
    scores = 100.0 * (1.0 - losses)
    first = iterations_to(losses, targets)
    shares = np.stack([(first <= budget).mean(axis=-1) for budget in budgets], axis=-1)
    reached = np.isfinite(first)
    spent = np.where(reached, first, losses.shape[-1]) * n_suggestions
    return np.concatenate(
        [
            scores.mean(axis=-1, keepdims=True),
            scores[..., [budget - 1 for budget in budgets]],
            shares,
            spent,
            reached.astype(float),
        ],
        axis=-1,
    )


def _ratio(spent: Array, reached: Array) -> Array:
    ratio: Array = np.divide(spent, reached, out=np.full_like(spent, np.inf), where=reached > 0)
    return ratio


def _estimate(found: Array, replicated: Array) -> Estimates:
    low, high = interval_of_replicates(replicated)
    return Estimates(found[0], low, high)
