"""Optuna: its tree of Parzen estimators, through ask and tell."""

from typing import Any

import numpy as np
import optuna
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

Point = dict[str, Any]
WARPED = ("logit", "bilog")
"""The spaces that Optuna does not know; it searches their numbers as Bayesmark warps them."""


class OptunaTPE(AbstractOptimizer):
    """Gives each parameter the distribution of Optuna that has its type and scale."""

    primary_import = "optuna"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        warped = [name for name, each in api_config.items() if "range" in each and each["space"] in WARPED]
        self.warped = {name: JointSpace(api_config).spaces[name] for name in warped}
        self.distributions = {name: self._distribution(name, config) for name, config in api_config.items()}
        # Optuna 5 models parameters together, and takes open trials of a batch for bad ones, which spreads the batch.
        sampler = optuna.samplers.TPESampler(n_startup_trials=16, seed=np.random.randint(2**31 - 1))
        self.study = optuna.create_study(sampler=sampler)
        self.trials: list[optuna.Trial] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return the points of as many new trials."""
        self.trials = [self.study.ask(self.distributions) for _ in range(n_suggestions)]
        return [{name: self._value(name, trial.params[name]) for name in self.api_config} for trial in self.trials]

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """End the trials with their losses; one whose evaluation failed (infinite) is a failed trial."""
        for trial, loss in zip(self.trials, y, strict=True):
            if np.isfinite(loss):
                self.study.tell(trial, loss)
            else:
                self.study.tell(trial, state=TrialState.FAIL)

    def _distribution(self, name: str, config: dict[str, Any]) -> BaseDistribution:
        if config["type"] == "bool" or "values" in config:
            return CategoricalDistribution(config.get("values", [False, True]))
        if name in self.warped:
            return FloatDistribution(*self.warped[name].get_bounds()[0])
        kind = {"int": IntDistribution, "real": FloatDistribution}[config["type"]]
        return kind(*config["range"], log=config["space"] == "log")

    def _value(self, name: str, value: Any) -> Any:
        return self.warped[name].unwarp(np.array([value])).item() if name in self.warped else value
