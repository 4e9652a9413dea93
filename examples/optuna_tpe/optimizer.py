"""Optuna's TPE through its ask-and-tell interface; a constant liar spreads the suggestions of a batch."""

from typing import Any

import numpy as np
import optuna
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from optuna.trial import TrialState

Point = dict[str, Any]
SEEDS = 2**31 - 1


class OptunaTPE(AbstractOptimizer):
    """Searches the warped space, a box in which log and logit parameters are linear."""

    primary_import = "optuna"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.space = JointSpace(api_config)
        self.bounds = self.space.get_bounds()
        sampler = optuna.samplers.TPESampler(
            n_startup_trials=16,
            multivariate=True,
            constant_liar=True,
            seed=np.random.randint(SEEDS),
            warn_independent_sampling=False,
        )
        self.study = optuna.create_study(sampler=sampler)
        self.pending: list[optuna.Trial] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return one point for each of as many open trials."""
        self.pending = [self.study.ask() for _ in range(n_suggestions)]
        rows = [
            [trial.suggest_float(f"x{i:03d}", low, high) for i, (low, high) in enumerate(self.bounds)]
            for trial in self.pending
        ]
        points: list[Point] = self.space.unwarp(np.array(rows))
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Close the open trials with their losses; an evaluation that failed is a failed trial."""
        for trial, loss in zip(self.pending, y, strict=True):
            if np.isfinite(loss):
                self.study.tell(trial, loss)
            else:
                self.study.tell(trial, state=TrialState.FAIL)
        self.pending = []
