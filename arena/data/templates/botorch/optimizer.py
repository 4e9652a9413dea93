"""BoTorch: a Gaussian process of the losses, and a batch that maximizes the expected improvement together."""

import warnings
from typing import Any

import numpy as np
import torch
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from botorch.acquisition import qLogNoisyExpectedImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.optim import optimize_acqf
from gpytorch.mlls import ExactMarginalLogLikelihood
from torch.quasirandom import SobolEngine

Point = dict[str, Any]
N_INITIAL = 16
RESTARTS, RAW_SAMPLES = 2, 128
"""How hard the acquisition function is maximized: more is better, and slower."""


class BoTorchGP(AbstractOptimizer):
    """Searches the unit cube; Bayesmark's warped space, which has every type and scale, is that cube stretched."""

    primary_import = "botorch"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        torch.set_num_threads(1)  # the sandbox has one CPU
        torch.manual_seed(np.random.randint(2**31 - 1))
        self.space = JointSpace(api_config)
        self.low, self.high = self.space.get_bounds().T
        self.sobol = SobolEngine(len(self.low), scramble=True, seed=np.random.randint(2**31 - 1))
        self.points: list[Point] = []
        self.losses: list[float] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return points spread over the cube at first, then those that promise the largest improvement."""
        if np.isfinite(self.losses).sum() < N_INITIAL:
            cube = self.sobol.draw(n_suggestions, dtype=torch.double)
        else:
            cube = self._improve(n_suggestions)
        stretched = self.low + cube.numpy() * (self.high - self.low)
        points: list[Point] = self.space.unwarp(np.clip(stretched, self.low, self.high))
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: N803 - Bayesmark's signature
        """Remember the losses."""
        self.points += X
        self.losses += list(y)

    def _improve(self, n: int) -> torch.Tensor:
        """Return the points of a batch, shape (n, dimensions), chosen one after the other."""
        rows = torch.tensor((self.space.warp(self.points) - self.low) / (self.high - self.low))
        losses = np.array(self.losses)
        losses[~np.isfinite(losses)] = losses[np.isfinite(losses)].max()  # an evaluation that failed is as bad as any
        # Ranks, because losses may differ by orders of magnitude and a Gaussian process would see but the worst.
        gains = -torch.tensor(losses.argsort().argsort() / len(losses)).unsqueeze(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fit that is not perfect is good enough
            model = SingleTaskGP(rows, gains)
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
            cube, _ = optimize_acqf(
                qLogNoisyExpectedImprovement(model, rows, prune_baseline=True),
                bounds=torch.tensor([[0.0], [1.0]]).expand(2, rows.shape[1]).double(),
                q=n,
                num_restarts=RESTARTS,
                raw_samples=RAW_SAMPLES,
                sequential=True,
                options={"maxiter": 50},
            )
        return cube
