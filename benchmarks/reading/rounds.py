"""Times of two things that take turns, so that a noisy machine disturbs both alike."""

import statistics
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Rounds:
    """Milliseconds of two kinds of reads that take turns, by round."""

    ours: list[list[float]] = field(default_factory=list)
    bare: list[list[float]] = field(default_factory=list)

    def begin(self) -> None:
        """Begin the next round."""
        self.ours.append([])
        self.bare.append([])

    def ratio(self, percentile: float) -> float:
        """Return the median over the rounds of the ratio of a percentile."""
        pairs = zip(self.ours, self.bare, strict=True)
        return statistics.median(float(np.percentile(a, percentile) / np.percentile(b, percentile)) for a, b in pairs)

    def median(self) -> tuple[float, float]:
        """Return the medians of both."""
        return float(np.median(np.concatenate(self.ours))), float(np.median(np.concatenate(self.bare)))
