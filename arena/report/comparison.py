"""Tests of whether teams differ, by their ranks on every black box: SciPy's and scikit-posthocs'."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scikit_posthocs
from scipy import stats

from arena.report.statistics import LEVEL, Array


@dataclass(frozen=True)
class Comparison:
    """Friedman's and Nemenyi's tests over black boxes; teams are in the order in which they were given."""

    mean_ranks: Array
    friedman_statistic: float
    friedman_p: float
    nemenyi_p: Any
    """A pandas DataFrame of p-values, teams x teams."""
    critical_difference: float


def compare(box_losses: Array, names: Sequence[str]) -> Comparison | None:
    """Compare teams by their ranks on every black box (Demšar 2006); None when there are too few of either.

    `box_losses` has shape (teams, boxes). The critical difference is that of Nemenyi's test at 5 %.
    """
    teams, boxes = box_losses.shape
    if teams < 3 or boxes < 2:
        return None
    statistic, p = stats.friedmanchisquare(*box_losses) if np.ptp(box_losses, axis=0).any() else (0.0, 1.0)
    nemenyi = scikit_posthocs.posthoc_nemenyi_friedman(box_losses.T)
    nemenyi.index = nemenyi.columns = list(names)
    quantile = stats.studentized_range.ppf(LEVEL, teams, np.inf) / np.sqrt(2)
    return Comparison(
        mean_ranks=stats.rankdata(box_losses, axis=0).mean(axis=1),
        friedman_statistic=float(statistic),
        friedman_p=float(p),
        nemenyi_p=nemenyi,
        critical_difference=float(quantile * np.sqrt(teams * (teams + 1) / (6 * boxes))),
    )
