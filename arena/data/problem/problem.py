"""A problem family to start from: a coffee bar, whose owner wants to lose as little money a day as possible.

Arena asks this module three things: `problems()` for the names of its problems, `make_problem(name)` for Bayesmark's
`TestFunction` of one, and, if it has it, `best(name)` for the lowest visible loss there is (here nobody knows).

A test function has an `api_config`, which says what may be tuned and in which ranges, and `evaluate(params)`, which
returns two losses, smaller is better: the visible one, which optimizers see and which is scored, and the generalization
loss, which only organizers see. Here the first is the loss of one simulated day, with the luck of that day, and the
second the mean of many days.

What is random comes from NumPy's global random state. Arena seeds it before every study, so that each study can be
repeated. A test function keeps nothing between evaluations: it serves many studies.
"""

import heapq
from collections.abc import Sequence
from typing import Any

import numpy as np
from bayesmark.sklearn_funcs import TestFunction

CUSTOMERS_PER_HOUR = {"coffee-village": 15.0, "coffee-station": 60.0}
MINUTES_OF_A_COFFEE = {"by-hand": 3.0, "machine": 1.5, "capsule": 0.8}
RENT_PER_HOUR = {"by-hand": 4.0, "machine": 9.0, "capsule": 14.0}
WAGE_PER_HOUR, COST_OF_A_CUP = 14.0, 0.6
DAYS_OF_THE_MEAN = 20


class CoffeeBar(TestFunction):
    """One day behind the counter."""

    def __init__(self, customers_per_hour: float) -> None:
        super().__init__()
        self._customers_per_hour = customers_per_hour
        self.api_config = {
            "baristas": {"type": "int", "space": "linear", "range": (1, 8)},
            "hours": {"type": "real", "space": "linear", "range": (2.0, 12.0)},
            "price": {"type": "real", "space": "log", "range": (1.0, 8.0)},
            "method": {"type": "cat", "values": ["by-hand", "machine", "capsule"]},
            "loyalty_card": {"type": "bool"},
        }

    def evaluate(self, params: dict[str, Any]) -> tuple[float, float]:
        """Return the loss of one day, and the mean loss of the same many days for all."""
        visible = self._loss_of_a_day(params, np.random)
        fixed = np.random.RandomState(0)
        days = [self._loss_of_a_day(params, fixed) for _ in range(DAYS_OF_THE_MEAN)]
        return visible, float(np.mean(days))

    def _loss_of_a_day(self, params: dict[str, Any], random: Any) -> float:
        hours, price, method = params["hours"], params["price"], params["method"]
        wanted = self._customers_per_hour * np.exp(-price / 4) * (1.2 if params["loyalty_card"] else 1.0)
        arrivals = np.sort(random.uniform(0, 60 * hours, random.poisson(wanted * hours)))
        patience = random.exponential(10.0, len(arrivals))
        service = random.exponential(MINUTES_OF_A_COFFEE[method], len(arrivals))
        free_at = [0.0] * params["baristas"]
        served = 0
        for arrival, patient, minutes in zip(arrivals, patience, service, strict=True):
            begins = max(arrival, free_at[0])
            if begins - arrival <= patient:  # else the customer walks away
                heapq.heapreplace(free_at, begins + minutes)
                served += 1
        income = served * (price * (0.9 if params["loyalty_card"] else 1.0) - COST_OF_A_CUP)
        return float(hours * (WAGE_PER_HOUR * params["baristas"] + RENT_PER_HOUR[method]) - income)


def problems() -> Sequence[str]:
    """Return the names of the problems: letters, digits, dots and hyphens."""
    return list(CUSTOMERS_PER_HOUR)


def make_problem(name: str) -> TestFunction:
    """Return the test function of a problem."""
    return CoffeeBar(CUSTOMERS_PER_HOUR[name])
