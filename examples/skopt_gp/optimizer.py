"""scikit-optimize's Gaussian process; each suggestion of a batch is one Thompson sample of one fit."""

from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from skopt import Optimizer

Point = dict[str, Any]
SEEDS = 2**31 - 1
N_INITIAL = 16
N_CANDIDATES = 1000


class SkoptGP(AbstractOptimizer):
    """Searches the warped space, a box in which log and logit parameters are linear."""

    primary_import = "scikit-optimize"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        self.space = JointSpace(api_config)
        self.optimizer = Optimizer(
            [tuple(bound) for bound in self.space.get_bounds()],
            base_estimator="GP",
            n_initial_points=N_INITIAL,
            acq_func="EI",
            acq_optimizer="sampling",
            random_state=np.random.randint(SEEDS),
        )
        self.pending: list[list[float]] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return random points at first, then the minima of functions drawn from the model."""
        candidates = self.optimizer.space.rvs(N_CANDIDATES, random_state=self.optimizer.rng)
        if self.optimizer.models:
            draws = self.optimizer.models[-1].sample_y(
                self.optimizer.space.transform(candidates), n_suggestions, random_state=self.optimizer.rng
            )
            self.pending = [candidates[index] for index in draws.argmin(axis=0)]
        else:
            self.pending = candidates[:n_suggestions]
        points: list[Point] = self.space.unwarp(np.array(self.pending))
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the losses of the last suggestions; an evaluation that failed counts as the worst loss so far."""
        finite = [loss for loss in [*self.optimizer.yi, *y] if np.isfinite(loss)]
        worst = max(finite, default=0.0)
        self.optimizer.tell(self.pending, [loss if np.isfinite(loss) else worst for loss in y])
