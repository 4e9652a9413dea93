"""Ax: its own choice of model and acquisition function on top of BoTorch, through its client."""

import logging
from typing import Any

import numpy as np
import torch
from ax.adapter.registry import Generators
from ax.api.client import Client
from ax.api.configs import RangeParameterConfig
from ax.core.trial_status import TrialStatus
from ax.generation_strategy.generation_strategy import GenerationNode, GenerationStrategy
from ax.generation_strategy.generator_spec import GeneratorSpec
from ax.generation_strategy.transition_criterion import MinTrials
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
from bayesmark.space import JointSpace

Point = dict[str, Any]
N_INITIAL = 16
EFFORT = {"num_restarts": 2, "raw_samples": 128, "options": {"maxiter": 20}}
"""How hard Ax maximizes its acquisition function; by its own defaults, a batch takes longer than an iteration may."""


class AxClient(AbstractOptimizer):
    """Searches Bayesmark's warped space, which has every type and scale as numbers.

    Ax has integers, choices and logarithms of its own, but with them a batch takes longer than an iteration may.
    """

    primary_import = "ax-platform"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        logging.getLogger("ax").setLevel(logging.ERROR)
        torch.set_num_threads(1)  # the sandbox has one CPU
        torch.manual_seed(np.random.randint(2**31 - 1))
        self.space = JointSpace(api_config)
        bounds = self.space.get_bounds().tolist()
        self.names = [f"x{number}" for number in range(len(bounds))]
        ranges = zip(self.names, bounds, strict=True)
        self.client = Client()
        self.client.configure_experiment(
            [RangeParameterConfig(name, (low, high), "float") for name, (low, high) in ranges]
        )
        self.client.configure_optimization("-loss")  # Ax maximizes
        self.client.set_generation_strategy(self._strategy())
        self.trials: list[int] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return the points of as many new trials; where Ax finds fewer that are new, random ones fill up."""
        trials = self.client.get_next_trials(n_suggestions)
        self.trials = list(trials)
        rows = np.array([[each[name] for name in self.names] for each in trials.values()])
        points: list[Point] = self.space.unwarp(rows) if trials else []
        return points + suggest_dict([], [], self.api_config, n_suggestions=n_suggestions - len(points))

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Complete the trials with their losses; one whose evaluation failed (infinite) is a failed trial."""
        for trial, loss in zip(self.trials, y, strict=False):
            if np.isfinite(loss):
                self.client.complete_trial(trial, {"loss": float(loss)})
            else:
                self.client.mark_trial_failed(trial)

    def _strategy(self) -> GenerationStrategy:
        """Return what Ax does by default, with less effort: points spread over the space, then Gaussian processes."""
        enough = MinTrials(N_INITIAL, transition_to="model", only_in_statuses=[TrialStatus.COMPLETED])
        sobol = GeneratorSpec(Generators.SOBOL, {"seed": np.random.randint(2**31 - 1)})
        model = GeneratorSpec(
            Generators.BOTORCH_MODULAR, generator_gen_kwargs={"model_gen_options": {"optimizer_kwargs": EFFORT}}
        )
        return GenerationStrategy(
            nodes=[
                GenerationNode(name="sobol", generator_specs=[sobol], transition_criteria=[enough]),
                GenerationNode(name="model", generator_specs=[model]),
            ]
        )
