"""Tries the optimizer of `template.py`, which lies beside this file, on a space of its own: every type on every scale.

The real black box gets random points. What the template suggests is judged here, and it is told made-up losses: of the
first batch none is finite, of each later one all but one are.
"""

import importlib
import math
from typing import Any

from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

Point = dict[str, Any]
SPACE: dict[str, dict[str, Any]] = {
    "real_linear": {"type": "real", "space": "linear", "range": (-1.5, 3.0)},
    "real_log": {"type": "real", "space": "log", "range": (1e-5, 10.0)},
    "real_logit": {"type": "real", "space": "logit", "range": (1e-3, 0.999)},
    "real_bilog": {"type": "real", "space": "bilog", "range": (-100.0, 1000.0)},
    "int_linear": {"type": "int", "space": "linear", "range": (1, 15)},
    "int_log": {"type": "int", "space": "log", "range": (1, 1000)},
    "int_bilog": {"type": "int", "space": "bilog", "range": (-50, 50)},
    "real_values": {"type": "real", "space": "logit", "values": [0.01, 0.1, 0.9]},
    "int_values": {"type": "int", "space": "bilog", "values": [1, 10, 100]},
    "bool": {"type": "bool"},
    "cat": {"type": "cat", "values": ["a", "b", "c"]},
}
TYPES = {"real": float, "int": int, "bool": bool, "cat": str}


class EverySpace(AbstractOptimizer):  # type: ignore[misc]
    """Passes each call on to the template, with another space."""

    primary_import = None

    def __init__(self, api_config: dict[str, Any]) -> None:
        super().__init__(api_config)
        template = importlib.import_module("template")
        (kind,) = [
            each
            for each in vars(template).values()
            if isinstance(each, type) and issubclass(each, AbstractOptimizer) and each is not AbstractOptimizer
        ]
        self.template = kind(SPACE)
        self.suggested: list[Point] = []
        self.batches = 0

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Ask the template. Raises ValueError for a point that is outside its space or not of its types."""
        self.suggested = self.template.suggest(n_suggestions)
        if len(self.suggested) != n_suggestions:
            raise ValueError(f"expected {n_suggestions} suggestions, got {len(self.suggested)}")
        for point in self.suggested:
            _check(point)
        points: list[Point] = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: ARG002, N803 - Bayesmark's signature
        """Tell the template what its own points are worth."""
        losses = [_loss(point) for point in self.suggested]
        self.batches += 1
        failed = range(len(losses)) if self.batches == 1 else [self.batches % len(losses)]
        for place in failed:
            losses[place] = math.inf
        self.template.observe(self.suggested, losses)


def _check(point: Point) -> None:
    if point.keys() != SPACE.keys():
        raise ValueError(f"expected the parameters {list(SPACE)}, got {list(point)}")
    for name, config in SPACE.items():
        value = point[name].item() if hasattr(point[name], "item") else point[name]  # NumPy's scalars are as good
        low, high = config.get("range", (-math.inf, math.inf))
        choices = config.get("values", [value])
        within = value in choices if config["type"] in ("bool", "cat") else value in choices and low <= value <= high
        if type(value) is not TYPES[config["type"]] or not within:
            raise ValueError(f"expected {name} to be of {config}, got {value!r}")


def _loss(point: Point) -> float:
    terms: list[float] = [
        (point["real_linear"] - 1) ** 2,
        (math.log10(point["real_log"]) + 2) ** 2,
        abs(point["real_logit"] - 0.9),
        abs(point["real_bilog"]) / 100,
        abs(point["int_linear"] - 7) / 5,
        abs(math.log10(point["int_log"]) - 2),
        abs(point["int_bilog"]) / 20,
        float(not point["bool"]),
        float(point["cat"] != "b"),
    ]
    return math.fsum(terms)
