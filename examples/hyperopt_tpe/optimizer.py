"""HyperOpt's tree of Parzen estimators, asked one suggestion at a time and told a batch at a time."""

from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.space import JointSpace
from hyperopt import hp, tpe
from hyperopt.base import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK, Domain, Trials

Point = dict[str, Any]
SEEDS = 2**31 - 1


class HyperoptTPE(AbstractOptimizer):
    """Searches the warped space, a box in which log and logit parameters are linear."""

    primary_import = "hyperopt"

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        self.space = JointSpace(api_config)
        bounds = self.space.get_bounds()
        self.names = [f"x{i:03d}" for i in range(len(bounds))]
        box = {name: hp.uniform(name, low, high) for name, (low, high) in zip(self.names, bounds, strict=True)}
        self.domain = Domain(None, box, pass_expr_memo_ctrl=False)
        self.trials = Trials()
        self.pending: list[int] = []

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return points, each from a model of all losses observed so far and with a seed of its own."""
        self.pending = self.trials.new_trial_ids(n_suggestions)
        rows = []
        for trial_id in self.pending:
            (trial,) = tpe.suggest([trial_id], self.domain, self.trials, seed=np.random.randint(SEEDS), verbose=False)
            self.trials.insert_trial_doc(trial)
            rows.append([trial["misc"]["vals"][name][0] for name in self.names])
        self.trials.refresh()
        points: list[Point] = self.space.unwarp(np.array(rows))
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the losses of the last suggestions; an evaluation that failed is a failed trial."""
        losses = dict(zip(self.pending, y, strict=True))
        for trial in self.trials._dynamic_trials:  # noqa: SLF001 - HyperOpt has no other way to tell
            if trial["tid"] in losses:
                loss = losses[trial["tid"]]
                trial["state"] = JOB_STATE_DONE
                trial["result"] = {"loss": loss, "status": STATUS_OK if np.isfinite(loss) else STATUS_FAIL}
        self.trials.refresh()
