"""HEBO, the winner of 2020: a Gaussian process of transformed losses, and three acquisition functions at once."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from hebo.acq_optimizers import evolution_optimizer
from hebo.design_space.design_space import DesignSpace
from hebo.optimizers.hebo import HEBO
from pymoo.optimize import minimize

Point = dict[str, Any]
N_INITIAL = 16


class HEBOptimizer(AbstractOptimizer):
    """Searches numbers as Bayesmark warps them, plain integers as integers, and booleans and categories as such."""

    primary_import = "HEBO"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        torch.set_num_threads(1)  # the sandbox has one CPU
        torch.manual_seed(np.random.randint(2**31 - 1))
        self.spaces = JointSpace(api_config).spaces
        space = DesignSpace().parse([{"name": name, **self._parameter(name)} for name in api_config])
        self.hebo = HEBO(space, rand_sample=N_INITIAL, scramble_seed=np.random.randint(2**31 - 1))
        self.asked = pd.DataFrame()

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return points, drawn from those for which no other promises more by all of HEBO's measures."""
        # HEBO gives pymoo, which searches for it, no seed; without one, no study would replay.
        evolution_optimizer.minimize = partial(minimize, seed=np.random.randint(2**31 - 1))
        self.asked = self.hebo.suggest(n_suggestions)
        rows = self.asked.to_dict("records")
        return [{name: self._value(name, row[name]) for name in self.api_config} for row in rows]

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the losses of the last batch; HEBO leaves out those of evaluations that failed (infinite)."""
        self.hebo.observe(self.asked, np.array(y).reshape(-1, 1))

    def _parameter(self, name: str) -> dict[str, Any]:
        config = self.api_config[name]
        if config["type"] == "bool" or "values" in config:
            return {"type": "cat", "categories": config.get("values", [False, True])}
        low, high = self.spaces[name].get_bounds()[0].tolist()
        plain = (config["type"], config["space"]) == ("int", "linear")
        return {"type": "int" if plain else "num", "lb": low, "ub": high}

    def _value(self, name: str, value: Any) -> Any:
        """Return a parameter's value for Bayesmark. HEBO's numbers have single precision, and may be out of range."""
        config = self.api_config[name]
        if config["type"] == "bool" or "values" in config:
            return value
        return self.spaces[name].unwarp(np.clip([value], *self.spaces[name].get_bounds()[0])).item()
