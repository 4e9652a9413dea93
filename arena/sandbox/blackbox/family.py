"""A problem family: where the test problems of a black-box container come from.

A family is a module `problem` in the folder `/opt/family` of its image. An image without one is Bayesmark's own
family, `sklearn`.
"""

import importlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bayesmark.sklearn_funcs import TestFunction

FOLDER = Path("/opt/family")
MODULE = "problem"


class Family(Protocol):
    """What the module offers. It may have a function `best(name) -> float | None` besides: the known optimum.

    A test function is used for many studies. Whatever is random in it comes from the global states of `random` and
    `numpy.random`, which each study seeds, so that a study can be repeated bit for bit.
    """

    def problems(self) -> Sequence[str]:
        """Return the names of its problems."""
        ...

    def make_problem(self, name: str) -> "TestFunction":
        """Return Bayesmark's test function: `api_config`, and `evaluate(params) -> (visible, generalization)`."""
        ...


def load_family(folder: Path = FOLDER) -> Family:
    """Return the family that this image holds."""
    if not (folder / f"{MODULE}.py").is_file():
        return importlib.import_module("sklearn_family")
    sys.path.append(str(folder))
    return importlib.import_module(MODULE)


def describe(family: Family, names: Sequence[str]) -> dict[str, Any]:
    """Return what the family says of each problem, its known optimum; of one that it does not have, None."""
    known, best = set(family.problems()), getattr(family, "best", None)
    return {name: {"best": _finite(best(name) if best else None)} if name in known else None for name in names}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
