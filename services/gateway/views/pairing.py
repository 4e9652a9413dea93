"""How likely it is that one team is better than another. Pure.

The black boxes of a phase are a sample of those that there could be, and both teams were scored on the same ones, so
the differences on them are what is resampled: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter
16. The report of a final resamples the studies of each black box, too, which a leaderboard does not read.
"""

from collections.abc import Mapping
from uuid import UUID

import numpy as np

from arena.api.views.head_to_head import BoxPair, Pairing
from arena.scoring import interval_half_width
from services.gateway.leaderboard.within_noise import Losses
from services.gateway.scores import show_score

REPLICATES = 10_000
CHUNK_DRAWS = 2_000_000
"""Black boxes drawn at a time, so that memory stays small."""
SEED = 2020
"""Asking again gives the same answer."""


def pair(labels: Mapping[UUID, str], a: Losses, b: Losses) -> Pairing:
    """Compare the losses of two submissions by black box."""
    shared = sorted((box for box in labels if box in a and box in b), key=lambda box: labels[box])
    differences = 100.0 * np.array([b[box] - a[box] for box in shared])
    mean = float(differences.mean()) if shared else 0.0
    interval = a_better = None
    if len(shared) >= 2:
        half = float(interval_half_width(differences))
        interval, a_better = (mean - half, mean + half), _share_above_zero(differences)
    return Pairing(
        difference=mean,
        interval=interval,
        a_better=a_better,
        a_wins=int((differences > 0).sum()),
        b_wins=int((differences < 0).sum()),
        ties=int((differences == 0).sum()),
        boxes=[BoxPair(box=labels[box], a=show_score(a[box]) or 0.0, b=show_score(b[box]) or 0.0) for box in shared],
    )


def _share_above_zero(differences: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Return in which share of the bootstrap samples the mean is above 0; a mean of 0 counts half."""
    random = np.random.default_rng(SEED)
    size = len(differences)
    wins, left = 0.0, REPLICATES
    while left:
        count = min(left, max(1, CHUNK_DRAWS // size))
        means = differences[random.integers(size, size=(count, size))].mean(axis=1)
        wins += float((means > 0).sum() + 0.5 * (means == 0).sum())
        left -= count
    return wins / REPLICATES
