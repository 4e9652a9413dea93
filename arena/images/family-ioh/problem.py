"""IOHexperimenter's functions: pbo, on bits, and sbox, BBOB's functions with their optimum inside the bounds.

They have no data, so the generalization loss is the visible one. What is to be maximized is negated.
"""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import ioh
from bayesmark.sklearn_funcs import TestFunction

CLASSES = {"pbo": ioh.ProblemClass.PBO, "sbox": ioh.ProblemClass.SBOX}
FUNCTIONS = {"pbo": range(1, 26), "sbox": range(1, 25)}
DIMENSIONS = {"pbo": (16, 25, 64, 100, 625), "sbox": (2, 3, 5, 10, 20, 40)}
"""Squares for pbo, because some of its functions need them."""
INSTANCES = range(1, 11)
NAME = re.compile(r"^(pbo|sbox)-f(\d+)-d(\d+)-i(\d+)$")
UNKNOWN_OPTIMUM = {"pbo": {18, 22, 24, 25}, "sbox": set[int]()}
"""Of 18 and 25 ioh states none, and of 22 and 24 one that some points pass, or none reaches."""


class IohFunction(TestFunction):
    """One function in one dimension and instance; parameters are x0, x1 and so on."""

    def __init__(self, kind: str, function: int, dimension: int, instance: int) -> None:
        super().__init__()
        self._problem = ioh.get_problem(function, instance, dimension, CLASSES[kind])
        self._is_of_bits = kind == "pbo"
        self._sign = -1 if self._problem.meta_data.optimization_type == ioh.OptimizationType.MAX else 1
        bounds = zip(self._problem.bounds.lb, self._problem.bounds.ub, strict=True)
        self.api_config = {
            f"x{place}": {"type": "bool"} if self._is_of_bits else _real(float(low), float(high))
            for place, (low, high) in enumerate(bounds)
        }

    def evaluate(self, params: dict[str, Any]) -> tuple[float, float]:
        """Return the function's value twice."""
        number = int if self._is_of_bits else float
        value = self._sign * float(self._problem([number(params[name]) for name in self.api_config]))
        return value, value

    def best(self) -> float:
        """Return the value at the optimum, as ioh states it."""
        return self._sign * float(self._problem.optimum.y)


def problems() -> Sequence[str]:
    """Return the names of all functions, such as pbo-f01-d16-i1."""
    return [
        f"{kind}-f{function:02}-d{dimension}-i{instance}"
        for kind, functions in FUNCTIONS.items()
        for function, dimension, instance in itertools.product(functions, DIMENSIONS[kind], INSTANCES)
    ]


def make_problem(name: str) -> IohFunction:
    """Return one function."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"expected a name such as pbo-f01-d16-i1, got {name!r}")
    kind, *numbers = found.groups()
    return IohFunction(kind, *map(int, numbers))


def best(name: str) -> float | None:
    """Return a function's optimum where ioh knows it."""
    kind, function, *_ = name.split("-")
    return None if int(function.removeprefix("f")) in UNKNOWN_OPTIMUM[kind] else make_problem(name).best()


def _real(low: float, high: float) -> dict[str, Any]:
    return {"type": "real", "space": "linear", "range": (low, high)}
