"""SMAC3: a random forest of the losses, which takes integers and categories as they are, and expected improvement."""

import tempfile
from contextlib import suppress
from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
from bayesmark.space import JointSpace
from ConfigSpace import Categorical, ConfigurationSpace, Float, Integer
from smac import HyperparameterOptimizationFacade, Scenario
from smac.main.exceptions import ConfigurationSpaceExhaustedException
from smac.runhistory import TrialInfo, TrialValue

Point = dict[str, Any]
BUDGET, BATCH = 128, 8
"""What a study usually has: 16 iterations of 8 suggestions. SMAC plans its first, random points with it."""
WARPED = ("logit", "bilog")
"""The spaces that ConfigSpace does not know; SMAC searches their numbers as Bayesmark warps them."""


class SMACForest(AbstractOptimizer):
    """Gives each parameter the hyperparameter of ConfigSpace that has its type and scale."""

    primary_import = "smac"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        warped = [name for name, each in api_config.items() if "range" in each and each["space"] in WARPED]
        self.warped = {name: JointSpace(api_config).spaces[name] for name in warped}
        seed = np.random.randint(2**31 - 1)
        space = ConfigurationSpace(seed=seed)
        space.add([self._hyperparameter(name, config) for name, config in api_config.items()])
        folder = tempfile.mkdtemp()  # SMAC keeps its history in files
        scenario = Scenario(space, output_directory=folder, deterministic=True, n_trials=BUDGET, seed=seed)
        facade = HyperparameterOptimizationFacade
        self.smac = facade(
            scenario,
            intensifier=facade.get_intensifier(scenario, max_config_calls=1),
            config_selector=facade.get_config_selector(scenario, retrain_after=BATCH),
            logging_level=False,
        )
        self.asked: list[TrialInfo] = []
        self.worst = -np.inf

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return the configurations of the next trials; a batch is chosen by one forest."""
        self.asked = []
        with suppress(ConfigurationSpaceExhaustedException, StopIteration):  # all has been tried
            for _ in range(n_suggestions):
                self.asked.append(self.smac.ask())
        points = [{name: self._value(name, each.config[name]) for name in self.api_config} for each in self.asked]
        return points + suggest_dict([], [], self.api_config, n_suggestions=n_suggestions - len(points))

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the losses of the last batch; an evaluation that failed (infinite) counts as the worst loss so far."""
        self.worst = max([self.worst, *(loss for loss in y if np.isfinite(loss))])
        if np.isfinite(self.worst):
            for trial, loss in zip(self.asked, y, strict=False):
                self.smac.tell(trial, TrialValue(cost=loss if np.isfinite(loss) else self.worst), save=False)

    def _hyperparameter(self, name: str, config: dict[str, Any]) -> Any:
        if config["type"] == "bool" or "values" in config:
            return Categorical(name, config.get("values", [False, True]))
        if name in self.warped:
            return Float(name, tuple(self.warped[name].get_bounds()[0]))
        kind = {"int": Integer, "real": Float}[config["type"]]
        return kind(name, config["range"], log=config["space"] == "log")

    def _value(self, name: str, value: Any) -> Any:
        return self.warped[name].unwarp(np.array([value])).item() if name in self.warped else value
