"""A small optimizer to start from: it searches at random, then ever closer to the best points it has seen.

Arena loads this file in a container without a network and constructs the one AbstractOptimizer subclass defined in it,
afresh for every study. A study is some iterations; in each, `suggest` returns points to try and `observe` is told their
losses (smaller is better). NumPy's and Python's global random states are seeded before, so use `np.random` or
`random` as they are and a study replays bit for bit; seeds from the clock or the operating system make scores that
nobody can reproduce. How many iterations and points, and how much time there is, the competition's rules say.
"""

from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace

Point = dict[str, Any]

RANDOM_BATCHES = 2
"""How many iterations only look around."""
RANDOM_SHARE = 0.25
"""How much of each later batch still does."""
ELITE = 4
"""How many of the best points so far are searched around."""
FIRST_STEP, SHRINK, LAST_STEP = 0.25, 0.8, 0.02
"""The width of a step, as a share of each parameter's range: at first, its factor in each iteration, and at least."""


class LocalSearch(AbstractOptimizer):
    """Steps away from the best points in the warped space, with steps that shrink."""

    primary_import = None  # a package whose version Bayesmark reports with the results, if there is one

    def __init__(self, api_config: dict[str, Any]) -> None:
        """`api_config` describes the search space by parameter name, for example

        {"max_depth": {"type": "int", "space": "linear", "range": (1, 15)}, ...}

        with types real, int, bool, cat and spaces linear, log, logit, bilog. An exception here ends the submission.
        """
        super().__init__(api_config)
        # The warped space is a box in which log and logit parameters are linear; it takes care of every type.
        self.space = JointSpace(api_config)
        self.low, self.high = self.space.get_bounds().T
        self.rows = np.empty((0, len(self.low)))  # what was tried, one point a row, in the warped space
        self.losses = np.empty(0)
        self.iteration = 0

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return exactly `n_suggestions` points inside the search space; anything else ends the submission.

        An exception here costs the iteration: it falls back to random search, and is counted.
        """
        rows = np.random.uniform(self.low, self.high, size=(n_suggestions, len(self.low)))
        if self.iteration >= RANDOM_BATCHES and len(self.losses):
            near = n_suggestions - int(n_suggestions * RANDOM_SHARE)
            best = self.rows[np.argsort(self.losses, kind="stable")[:ELITE]]
            step = max(FIRST_STEP * SHRINK ** (self.iteration - RANDOM_BATCHES), LAST_STEP) * (self.high - self.low)
            centres = best[np.random.randint(len(best), size=near)]
            rows[:near] = np.clip(np.random.normal(centres, step), self.low, self.high)
        self.iteration += 1
        points: list[Point] = self.space.unwarp(rows)
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: N803 - Bayesmark's signature
        """Learn the losses `y` of the points `X`; a loss is infinite where the evaluation failed.

        An exception here is ignored, and counted. The time spent in the constructor, `suggest` and `observe` is
        limited, in a study and in an iteration; past it, the best found so far counts.
        """
        self.rows = np.vstack([self.rows, self.space.warp(X)])
        self.losses = np.append(self.losses, y)
