"""Where a baseline set differs from the official one by more than noise.

The two are compared on the black boxes that both have, by what random search says of a black box and by the best known:

- *clip* and *median* (of the best after a whole study, visible and generalization): both are quantiles of single
  random evaluations, which are independent and alike. If ours and the official's are drawn from one distribution, how
  many of our n evaluations are below the official value, its r-th of m, is beta-binomial (n, r, m - r + 1), whatever
  that distribution is: an exact test without assumptions. Ties, which accuracies are full of, make it say less, not
  more. The official file does not tell its m; it is taken to be our n unless said otherwise.
- *best* (visible; scores use no other): a minimum over a long search has no such test. It differs when it is off by
  more than `BEST_SCATTER` standard deviations of what single studies of random search reach, which is what no study
  could tell apart; at least by the padding that Bayesmark itself puts under a best.

Bayesmark's signature is not compared: its five evaluations depend on the global random state (trees, forests, networks
and boosting differ in each process) and on the version of scikit-learn, so it differs where nothing is wrong.

The tests share one error rate, ALPHA, by Bonferroni: an equal set is reported in one check of twenty at most.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from bayesmark.constants import ITER, OBJECTIVE, PERF_BEST, PERF_CLIP, PERF_MED, TEST_CASE
from bayesmark.experiment_baseline import EVAL_Q, MIN_POS, PAD_FACTOR
from scipy.stats import betabinom

from arena.baseline.compute import Evaluations, read_evaluations
from arena.client.http import Client
from arena.failure import Failure
from arena.organizer_runs import exported
from arena.words.objectives import GENERALIZATION, VISIBLE

ALPHA = 0.05
BEST_SCATTER = 2.0
ROUNDING = 1e-9
"""Relative. Machines sum in different orders, so equal values of a model that learns nothing differ a little."""


@dataclass(frozen=True)
class Official:
    """A reference's numbers for an objective of a black box; `median` is of the best of `evaluations` random points."""

    clip: float
    median: float
    evaluations: int
    best: float


@dataclass(frozen=True)
class Difference:
    """A number that differs from the reference; `p` is the chance of a difference this large, if there is a test."""

    test_case: str
    objective: str
    what: str
    ours: float
    official: float
    p: float | None
    cure: str


def quantile_p(ours: npt.NDArray[np.float64], official: float, q: float, m: int) -> float:
    """Return the two-sided p-value of `official` being the `q`-quantile of `m` draws like `ours`, of any shape."""
    n = ours.size
    rank = min(max(math.ceil(m * q), 1), m)
    below = betabinom(n, rank, m - rank + 1)
    tied = np.isclose(ours, official, rtol=ROUNDING, atol=0.0)
    too_high = below.sf(np.count_nonzero((ours < official) & ~tied) - 1)
    too_low = below.cdf(np.count_nonzero((ours < official) | tied))
    return float(min(1.0, 2.0 * min(too_high, too_low)))


def differences(
    random: Evaluations,
    best: float,
    official: Mapping[str, Official],
    alpha: float,
    m: int | None,
) -> list[Difference]:
    """Return how one black box differs from the official set beyond noise; `alpha` is that of each single test."""
    case = random.test_case
    cure = "another problem: compare the data set and the versions of the packages"
    found = []
    for objective, theirs in official.items():
        losses = random.losses[objective]
        # The best of k random points is below a value as often as one point is, k times tried.
        q_median = 1.0 - (1.0 - EVAL_Q) ** (1.0 / theirs.evaluations)
        for what, value, q in (("clip", theirs.clip, EVAL_Q), ("median", theirs.median, q_median)):
            p = quantile_p(losses, value, q, m or losses.size)
            if p < alpha:
                ours = float(np.quantile(losses, q, method="inverted_cdf"))
                found.append(Difference(case, objective, what, ours, value, p, cure))
    return [*found, *_best_difference(random, best, official[VISIBLE])]


def _best_difference(random: Evaluations, best: float, official: Official) -> list[Difference]:
    reached = random.losses[VISIBLE].min(axis=(0, 1))
    finite = reached[np.isfinite(reached)]
    padding = -2 * PAD_FACTOR * np.spacing(-max(MIN_POS, abs(official.best)))
    noise = max(padding, BEST_SCATTER * float(np.std(finite, ddof=1))) if finite.size > 1 else math.inf
    if abs(best - official.best) <= noise:
        return []
    cure = "raise --strong-calls or --strong-studies" if best > official.best else "ours is better: scores are lower"
    return [Difference(random.test_case, VISIBLE, "best", best, official.best, None, cure)]


def compare_sets(
    client: Client, document: dict[str, Any], reference: dict[str, Any], n_suggestions: int, evaluations: int | None
) -> tuple[list[str], list[Difference]]:
    """Return the test cases that a built set and a reference share, and in what they differ beyond noise.

    `n_suggestions` is of the reference's iterations, `evaluations` how many of random search it had on each black box.
    """
    cases = sorted(set(reference["meta"]["signature"]) & set(document["meta"]["signature"]))
    provenance = document["meta"].get("provenance")
    if provenance is None or not cases:
        got = "an imported one, of which only numbers are known" if provenance is None else "none in common"
        raise Failure(f"Expected a set that 'arena baseline build' made, with black boxes of the reference; got {got}.")
    curves = {curve["test_case"]: curve for curve in provenance["curves"] if curve["kind"] == "random"}
    ours, theirs = (xr.Dataset.from_dict(each["data"]) for each in (document, reference))
    found = []
    for case in cases:
        with exported(client, provenance["competition"], curves[case]["phase"], curves[case]["submission"]) as lines:
            random = read_evaluations(lines)
        found += differences(
            random,
            float(ours[PERF_BEST].sel({TEST_CASE: case, OBJECTIVE: VISIBLE})),
            {each: read_official(theirs, case, each, n_suggestions) for each in (VISIBLE, GENERALIZATION)},
            ALPHA / (4 * len(cases)),
            evaluations,
        )
    return cases, found


def read_official(dataset: xr.Dataset, case: str, objective: str, n_suggestions: int) -> Official:
    """Return what a reference set says about one objective of a black box."""
    at = {TEST_CASE: case, OBJECTIVE: objective}
    return Official(
        clip=float(dataset[PERF_CLIP].sel(at)),
        median=float(dataset[PERF_MED].sel(at).isel({ITER: -1})),
        evaluations=int(dataset.sizes[ITER]) * n_suggestions,
        best=float(dataset[PERF_BEST].sel(at)),
    )
