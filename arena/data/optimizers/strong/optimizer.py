"""A strong optimizer for a long budget: Optuna's TPE and a Gaussian process side by side, each learning from both."""

import warnings
from typing import Any

import numpy as np
import optuna
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState, create_trial
from skopt.learning import GaussianProcessRegressor
from skopt.learning.gaussian_process.kernels import ConstantKernel, Matern

Point = dict[str, Any]
SEEDS = 2**31 - 1
N_INITIAL = 16
N_BEST, N_RECENT = 128, 64
"""A Gaussian process on all points of a long study would take its whole time; the best and the newest say most."""
N_GLOBAL, N_LOCAL = 300, 300
LOCAL_SCALES = (0.01, 0.05, 0.2)


class Strong(AbstractOptimizer):
    """Searches the warped space, a box in which log and logit parameters are linear.

    Half of each batch is TPE's; the other half are minima of functions drawn from a Gaussian process, among points all
    over the box and points near the best so far, which refines what the model of the whole is too coarse for.
    """

    primary_import = "optuna"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.space = JointSpace(api_config)
        self.low, self.high = self.space.get_bounds().T
        self.random = np.random.RandomState(np.random.randint(SEEDS))
        sampler = optuna.samplers.TPESampler(
            n_startup_trials=N_INITIAL,
            multivariate=True,
            constant_liar=True,
            seed=self.random.randint(SEEDS),
        )
        self.study = optuna.create_study(sampler=sampler)
        self.distributions = {
            f"x{i:03d}": FloatDistribution(low, high) for i, (low, high) in enumerate(self.space.get_bounds().tolist())
        }
        self.trials: list[optuna.Trial] = []
        self.drawn = np.empty((0, len(self.low)))
        self.rows: list[np.ndarray] = []
        self.losses: list[float] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return one half from TPE, the other from the Gaussian process."""
        n_tpe = n_suggestions if len(self.losses) < N_INITIAL else (n_suggestions + 1) // 2
        self.trials = [self.study.ask(self.distributions) for _ in range(n_tpe)]
        tpe = np.array([[trial.params[name] for name in self.distributions] for trial in self.trials])
        self.drawn = self._draw(n_suggestions - n_tpe)
        points: list[Point] = self.space.unwarp(np.vstack([tpe, self.drawn]))
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell both the losses of the last suggestions; an evaluation that failed counts as none."""
        for trial, loss in zip(self.trials, y, strict=False):
            if np.isfinite(loss):
                self.study.tell(trial, loss)
                self.rows.append(np.array([trial.params[name] for name in self.distributions]))
                self.losses.append(loss)
            else:
                self.study.tell(trial, state=TrialState.FAIL)
        for row, loss in zip(self.drawn, y[len(self.trials) :], strict=False):
            if np.isfinite(loss):
                params = dict(zip(self.distributions, row.tolist(), strict=True))
                self.study.add_trial(create_trial(params=params, distributions=self.distributions, value=loss))
                self.rows.append(row)
                self.losses.append(loss)
        self.trials, self.drawn = [], self.drawn[:0]

    def _draw(self, n: int) -> np.ndarray:
        """Return minima of `n` functions drawn from a model of the losses, shape (n, parameters)."""
        if n == 0:
            return np.empty((0, len(self.low)))
        best_first = np.argsort(self.losses, kind="stable")
        chosen = sorted({*best_first[:N_BEST], *range(max(0, len(self.losses) - N_RECENT), len(self.losses))})
        x = self._to_unit(np.array(self.rows)[chosen])
        # Ranks, because losses may differ by orders of magnitude and a Gaussian process would see but the worst.
        ranks = np.argsort(np.argsort(np.array(self.losses)[chosen])) / len(chosen)
        kernel = ConstantKernel(1.0, (0.01, 100.0)) * Matern(np.ones(x.shape[1]), [(0.02, 20.0)] * x.shape[1], nu=2.5)
        model = GaussianProcessRegressor(
            kernel, alpha=1e-4, normalize_y=True, noise="gaussian", random_state=self.random.randint(SEEDS)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a length scale at its bound is a parameter that does not matter
            model.fit(x, ranks)
        candidates = self._candidates(self._to_unit(np.array(self.rows)[best_first[0]]))
        draws = model.sample_y(candidates, n, random_state=self.random.randint(SEEDS))
        drawn = self.low + candidates[draws.argmin(axis=0)] * (self.high - self.low)
        return np.clip(drawn, self.low, self.high)  # rounding may lead out of the box

    def _candidates(self, best: np.ndarray) -> np.ndarray:
        """Return points of the unit box, shape (candidates, parameters)."""
        everywhere = self.random.uniform(size=(N_GLOBAL, len(best)))
        scales = self.random.choice(LOCAL_SCALES, size=(N_LOCAL, 1))
        near = best + scales * self.random.normal(size=(N_LOCAL, len(best)))
        return np.vstack([everywhere, np.clip(near, 0.0, 1.0)])

    def _to_unit(self, rows: np.ndarray) -> np.ndarray:
        return np.clip((rows - self.low) / np.where(self.high > self.low, self.high - self.low, 1.0), 0.0, 1.0)
