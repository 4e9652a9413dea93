"""scikit-optimize: a Gaussian process; each suggestion of a batch is the minimum of one function drawn from it."""

from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from skopt import Optimizer
from skopt.space import Categorical, Dimension, Integer, Real

Point = dict[str, Any]
N_INITIAL = 16
N_CANDIDATES = 1000
"""Among how many random points each minimum is found."""
PRIORS = {"linear": "uniform", "log": "log-uniform"}
WARPED = ("logit", "bilog")
"""The spaces that scikit-optimize does not know; it searches their numbers as Bayesmark warps them."""


class SkoptGP(AbstractOptimizer):
    """Gives each parameter the dimension of scikit-optimize that has its type and scale."""

    primary_import = "scikit-optimize"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        warped = [name for name, each in api_config.items() if "range" in each and each["space"] in WARPED]
        self.warped = {name: JointSpace(api_config).spaces[name] for name in warped}
        self.optimizer = Optimizer(
            [self._dimension(name, config) for name, config in api_config.items()],
            base_estimator="GP",
            n_initial_points=N_INITIAL,
            acq_func="EI",
            acq_optimizer="sampling",  # what `ask` would use, had this one not a batch to suggest
            random_state=np.random.randint(2**31 - 1),
        )
        self.asked: list[list[Any]] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return random points at first. Then `ask` would fit a model for each point of a batch; this takes one fit."""
        space, random = self.optimizer.space, self.optimizer.rng
        candidates = space.rvs(N_CANDIDATES, random_state=random)
        if self.optimizer.models:
            drawn = self.optimizer.models[-1].sample_y(space.transform(candidates), n_suggestions, random_state=random)
            self.asked = [candidates[index] for index in drawn.argmin(axis=0)]
        else:
            self.asked = candidates[:n_suggestions]
        return [
            {name: self._value(name, value) for name, value in zip(self.api_config, values, strict=True)}
            for values in self.asked
        ]

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the losses of the last batch; an evaluation that failed (infinite) counts as the worst loss so far."""
        known = [loss for loss in [*self.optimizer.yi, *y] if np.isfinite(loss)]
        if known:
            self.optimizer.tell(self.asked, [loss if np.isfinite(loss) else max(known) for loss in y])

    def _dimension(self, name: str, config: dict[str, Any]) -> Dimension:
        if config["type"] == "bool" or "values" in config:
            return Categorical(config.get("values", [False, True]), name=name)
        if name in self.warped:
            return Real(*self.warped[name].get_bounds()[0], name=name)
        kind = {"int": Integer, "real": Real}[config["type"]]
        return kind(*config["range"], prior=PRIORS[config["space"]], name=name)

    def _value(self, name: str, value: Any) -> Any:
        return self.warped[name].unwarp(np.array([value])).item() if name in self.warped else value
