"""How long each study takes: drawn from its seed and from what an evaluation of its pair was measured to cost.

`costs.json` has the CPU seconds of an evaluation of each public pair, as `measure_costs.py` measured them. What 2020
had was larger, so these are scaled: their mean gives the 10.36 years of computing of 2020.
"""

import json
import math
import statistics
from collections.abc import Mapping
from pathlib import Path

COSTS = Path(__file__).with_name("costs.json")
MEAN_STUDY_S = 10.36 * 365.25 * 86_400 / 1_082_400
SPREAD = 0.3
"""The spread of the logarithm of a study's time, for the suggestions that it happens to try."""
TRIMMED = 4.0
"""What costs more than so many times the mean is cut to it, as the organizers of 2020 trimmed their dearest pairs."""
NORMAL = statistics.NormalDist()


def load_costs() -> dict[tuple[str, str], float]:
    """Return the mean seconds of a study, by model and data set."""
    measured: dict[str, float] = json.loads(COSTS.read_text())
    return scale_costs({(name.split("_")[0], name.split("_")[1]): each for name, each in measured.items()})


def scale_costs(measured: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Return costs in proportion to the measured ones, trimmed, with the mean of 2020."""
    limit = TRIMMED * statistics.fmean(measured.values())
    trimmed = {pair: min(each, limit) for pair, each in measured.items()}
    unit = MEAN_STUDY_S / statistics.fmean(trimmed.values())
    return {pair: unit * each for pair, each in trimmed.items()}


def study_s(mean_s: float, optimizer_seed: int) -> float:
    """Return how long a study takes, lognormal around the mean of its pair; the same seed gives the same time."""
    deviation = NORMAL.inv_cdf((optimizer_seed + 0.5) / 2**32)
    return mean_s * math.exp(SPREAD * deviation - SPREAD**2 / 2)
