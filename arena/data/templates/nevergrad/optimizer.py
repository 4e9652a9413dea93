"""Nevergrad: NGOpt, which chooses among its many optimizers by the search space, the budget and the batch."""

from typing import Any

import nevergrad as ng
import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace

Point = dict[str, Any]
BUDGET, BATCH = 128, 8
"""What a study usually has: 16 iterations of 8 suggestions. NGOpt plans with it, and goes on if there is more."""


class NevergradNGOpt(AbstractOptimizer):
    """Searches numbers as Bayesmark warps them, and booleans and categories as choices."""

    primary_import = "nevergrad"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        self.spaces = JointSpace(api_config).spaces
        space = ng.p.Dict(**{name: self._parameter(name, config) for name, config in api_config.items()})
        space.random_state.seed(np.random.randint(2**31 - 1))
        self.optimizer = ng.optimizers.NGOpt(space, budget=BUDGET, num_workers=BATCH)
        self.asked: list[ng.p.Dict] = []
        self.worst = -np.inf

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return the next candidates."""
        self.asked = [self.optimizer.ask() for _ in range(n_suggestions)]
        return [{name: self._value(name, value) for name, value in each.value.items()} for each in self.asked]

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the losses of the last batch; an evaluation that failed (infinite) counts as the worst loss so far."""
        self.worst = max([self.worst, *(loss for loss in y if np.isfinite(loss))])
        if np.isfinite(self.worst):
            for candidate, loss in zip(self.asked, y, strict=True):
                self.optimizer.tell(candidate, loss if np.isfinite(loss) else self.worst)

    def _parameter(self, name: str, config: dict[str, Any]) -> ng.p.Parameter:
        if config["type"] == "bool" or "values" in config:
            return ng.p.Choice(config.get("values", [False, True]))
        low, high = self.spaces[name].get_bounds()[0]
        return ng.p.Scalar(lower=low, upper=high)

    def _value(self, name: str, value: Any) -> Any:
        """Return a parameter's value for Bayesmark: a number is rounded to what its type and range allow."""
        config = self.api_config[name]
        if config["type"] == "bool" or "values" in config:
            return value
        return self.spaces[name].unwarp(np.array([value])).item()
