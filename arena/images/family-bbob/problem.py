"""COCO's functions: the suites bbob, bbob-mixint and bbob-largescale.

They have no data, so the generalization loss is the visible one.
"""

import contextlib
import itertools
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cocoex
import numpy as np
from bayesmark.sklearn_funcs import TestFunction

DIMENSIONS = {
    "bbob": (2, 3, 5, 10, 20, 40),
    "bbob-mixint": (5, 10, 20, 40, 80, 160),
    "bbob-largescale": (20, 40, 80, 160, 320, 640),
}
FUNCTIONS, INSTANCES = range(1, 25), range(1, 16)
NAME = re.compile(r"^(bbob[a-z-]*)-f(\d+)-d(\d+)-i(\d+)$")
BEST_FILE = "._bbob_problem_best_parameter.txt"
"""Where COCO writes the place of the optimum, in the current folder."""


class CocoFunction(TestFunction):
    """One function of a suite, in one dimension and instance; parameters are x0, x1 and so on."""

    def __init__(self, suite: str, function: int, dimension: int, instance: int) -> None:
        super().__init__()
        options = f"dimensions:{dimension} function_indices:{function}"
        self._suite = cocoex.Suite(suite, f"instances:{instance}", options)  # kept, because it owns the problem
        self._problem = self._suite[0]
        integers = self._problem.number_of_integer_variables
        bounds = zip(self._problem.lower_bounds.tolist(), self._problem.upper_bounds.tolist(), strict=True)
        self.api_config = {
            f"x{place}": _integer(*both) if place < integers else _real(*both) for place, both in enumerate(bounds)
        }

    def evaluate(self, params: dict[str, Any]) -> tuple[float, float]:
        """Return the function's value twice."""
        value = float(self._problem(np.array([params[name] for name in self.api_config], dtype=float)))
        return value, value

    def best(self) -> float:
        """Return the value at the optimum, which COCO tells by a file."""
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            self._problem._best_parameter("print")  # noqa: SLF001 - COCO's own way to tell it
            return float(self._problem(np.loadtxt(Path(folder) / BEST_FILE)))


def problems() -> Sequence[str]:
    """Return the names of all functions of the three suites, such as bbob-f01-d10-i3."""
    return [
        f"{suite}-f{function:02}-d{dimension}-i{instance}"
        for suite, dimensions in DIMENSIONS.items()
        for function, dimension, instance in itertools.product(FUNCTIONS, dimensions, INSTANCES)
    ]


def make_problem(name: str) -> CocoFunction:
    """Return one function."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"expected a name such as bbob-f01-d10-i3, got {name!r}")
    suite, *numbers = found.groups()
    return CocoFunction(suite, *map(int, numbers))


def best(name: str) -> float:
    """Return a function's optimum, which COCO knows of every one."""
    return make_problem(name).best()


def _real(low: float, high: float) -> dict[str, Any]:
    return {"type": "real", "space": "linear", "range": (low, high)}


def _integer(low: float, high: float) -> dict[str, Any]:
    return {"type": "int", "space": "linear", "range": (int(low), int(high))}
