"""Intervals by a bootstrap over black boxes and studies: the same draws for all optimizers, as in a final's report."""

from collections.abc import Iterator

import numpy as np

from arena.scoring import CONFIDENCE, Array

REPLICATES = 1000
SEED = 2020
TAILS = (100 * (1 - CONFIDENCE) / 2, 100 - 100 * (1 - CONFIDENCE) / 2)
"""The percentiles between which an interval lies."""
CHUNK_CELLS = 2_000_000
"""How many counts of draws are held at a time, so that memory stays small."""


def draw_counts(boxes: int, studies: int, *, replicates: int = REPLICATES, seed: int = SEED) -> Iterator[Array]:
    """Yield how often each study is in each replicate, in chunks of shape (some replicates, boxes x studies).

    A replicate draws as many black boxes as there are, with replacement, and for each box drawn as many of its studies.
    The counts of a row sum to boxes x studies. The draws depend on nothing but the arguments.
    """
    random = np.random.default_rng(seed)
    at_once = max(1, CHUNK_CELLS // (boxes * studies))
    for start in range(0, replicates, at_once):
        rows = min(at_once, replicates - start)
        of_box = random.multinomial(boxes, np.full(boxes, 1 / boxes), size=rows)
        of_study = random.multinomial(of_box * studies, np.full(studies, 1 / studies))
        yield of_study.reshape(rows, boxes * studies).astype(float)


def replicate_means(features: Array, *, replicates: int = REPLICATES, seed: int = SEED) -> Array:
    """Return the mean of each feature of studies in each replicate, shape (replicates, optimizers, features).

    `features` has shape (optimizers, boxes, studies, features).
    """
    optimizers, boxes, studies, n_features = features.shape
    by_study = np.moveaxis(features, 0, 2).reshape(boxes * studies, optimizers * n_features)
    means = np.concatenate(
        [counts @ by_study for counts in draw_counts(boxes, studies, replicates=replicates, seed=seed)]
    )
    found: Array = (means / (boxes * studies)).reshape(replicates, optimizers, n_features)
    return found


def interval_of_replicates(replicated: Array) -> tuple[Array, Array]:
    """Return the low and the high end of the interval of each quantity; replicates are along the first axis.

    An end is a value of a replicate, never a mean of two: so it can be infinite.
    """
    low, high = np.percentile(replicated, TAILS, axis=0, method="inverted_cdf")
    return low, high
