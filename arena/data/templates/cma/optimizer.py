"""pycma: CMA-ES, an evolution strategy that learns how parameters depend on each other; a batch is a generation."""

from typing import Any

import cma
import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace

Point = dict[str, Any]
GENERATION = 8
"""How many points make a generation: as many as a study usually asks for at once."""
FIRST_STEP = 0.3
"""As a share of each parameter's range."""


class CMAES(AbstractOptimizer):
    """Searches the unit cube; Bayesmark's warped space, which has every type and scale, is that cube stretched."""

    primary_import = "cma"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        self.space = JointSpace(api_config)
        self.low, self.high = self.space.get_bounds().T
        # pycma takes its random numbers from NumPy's global state, which is seeded for each study; a seed of 0 or nan
        # leaves it as it is.
        options = {"bounds": [0, 1], "popsize": GENERATION, "seed": np.nan, "verbose": -9}
        self.strategy = cma.CMAEvolutionStrategy([0.5] * len(self.low), FIRST_STEP, options)
        self.asked: list[np.ndarray] = []
        self.told: list[tuple[np.ndarray, float]] = []
        self.worst = -np.inf

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return points drawn from the strategy's normal distribution."""
        self.asked = self.strategy.ask(n_suggestions)
        stretched = self.low + np.array(self.asked) * (self.high - self.low)
        points: list[Point] = self.space.unwarp(np.clip(stretched, self.low, self.high))
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell a generation once it is complete; an evaluation that failed (infinite) counts as the worst so far."""
        self.worst = max([self.worst, *(loss for loss in y if np.isfinite(loss))])
        self.told += zip(self.asked, y, strict=True)
        if len(self.told) >= GENERATION and np.isfinite(self.worst):
            rows, losses = zip(*self.told, strict=True)
            self.strategy.tell(rows, [loss if np.isfinite(loss) else self.worst for loss in losses])
            self.told = []
