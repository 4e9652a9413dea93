"""A baseline set from evaluations of random search and of a strong optimizer, by Bayesmark's own `compute_baseline`."""

import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from bayesmark.constants import ARG_DELIM, ITER, METHOD, OBJECTIVE, RANDOM_SEARCH, SUGGEST, TEST_CASE, TRIAL
from bayesmark.experiment_baseline import compute_baseline
from bayesmark.xr_util import ds_concat

from arena.failure import Failure
from arena.words.names import name_test_case
from arena.words.objectives import GENERALIZATION, VISIBLE

METHODS = (f"{RANDOM_SEARCH}{ARG_DELIM}arena", "strong")
"""Bayesmark recognizes random search by this name."""


@dataclass(frozen=True)
class Evaluations:
    """All losses of one optimizer on one black box; each array has shape (n_calls, n_suggestions, n_studies)."""

    box: str
    test_case: str
    signature: tuple[float, ...]
    losses: dict[str, npt.NDArray[np.float64]]

    def best(self, objective: str) -> float:
        """Return the smallest loss of all."""
        return float(self.losses[objective].min())


def read_evaluations(lines: Iterable[str]) -> Evaluations:
    """Read an export of one black box: a header line, then a line for every study."""
    stream = iter(lines)
    (box,) = json.loads(next(stream))["boxes"]
    studies = [json.loads(line) for line in stream]
    return Evaluations(
        box=box["box"],
        test_case=name_test_case(box["model"], box["dataset"], box["metric"]),
        signature=tuple(box["signature"]),
        losses={
            VISIBLE: np.stack([np.array(study["visible"], dtype=float) for study in studies], axis=-1),
            GENERALIZATION: np.stack([np.array(study["generalization"], dtype=float) for study in studies], axis=-1),
        },
    )


def compute_set(
    random: Sequence[Evaluations], strong: Sequence[Evaluations], known_best: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return the baseline set of some black boxes, as `bayesmark-baseline` would write it.

    `compute_baseline` takes the clip, the medians and the means from random search alone, and the best from the least
    loss of any method. It wants as many iterations and studies of every method; the strong optimizer may have had more.
    As all that it takes of another method is that least loss, it gets that, in the shape of random search. Where the
    least loss is known, by test case, no strong optimizer has run.
    """
    ordered = sorted(random, key=lambda each: each.test_case)
    stronger = {each.test_case: each for each in strong}
    objectives = {}
    for objective in (VISIBLE, GENERALIZATION):
        for each in ordered:
            _check_median(each, objective)
        searched = np.stack([each.losses[objective] for each in ordered], axis=2)
        least = np.array([_least(each, stronger.get(each.test_case), known_best or {}, objective) for each in ordered])
        reached = np.broadcast_to(least[:, np.newaxis], searched.shape)
        n_calls, n_suggestions, _, n_studies = searched.shape
        losses = xr.DataArray(
            np.stack([searched, reached], axis=3),
            dims=(ITER, SUGGEST, TEST_CASE, METHOD, TRIAL),
            coords={
                ITER: range(n_calls),
                SUGGEST: range(n_suggestions),
                TEST_CASE: [each.test_case for each in ordered],
                METHOD: list(METHODS),
                TRIAL: range(n_studies),
            },
        )
        with warnings.catch_warnings():
            # The warning names black boxes by the labels that whoever builds the set knows.
            warnings.filterwarnings("ignore", "Random search is also the best", RuntimeWarning)
            objectives[objective,] = compute_baseline(losses)
    dataset = ds_concat(objectives, dims=(OBJECTIVE,)).sel({OBJECTIVE: [VISIBLE, GENERALIZATION]})
    signatures = {each.test_case: list(each.signature) for each in ordered}
    return {"data": dataset.to_dict(), "meta": {"args": {}, "signature": signatures}}


def _least(random: Evaluations, strong: Evaluations | None, known_best: Mapping[str, float], objective: str) -> float:
    """Return the least loss; a known optimum is one of generalization, too, where that is the visible loss."""
    if strong is not None:
        return strong.best(objective)
    is_visible = np.array_equal(random.losses[objective], random.losses[VISIBLE])
    return known_best[random.test_case] if is_visible else random.best(objective)


def _check_median(random: Evaluations, objective: str) -> None:
    failed = np.isinf(random.losses[objective])
    if 2 * failed.sum() >= failed.size:
        raise Failure(
            f"Expected most evaluations of random search to succeed on {random.box} ({random.test_case}), but "
            f"{failed.sum()} of {failed.size} failed, so it has no clip. Leave it out with --boxes, or repair its data."
        )
