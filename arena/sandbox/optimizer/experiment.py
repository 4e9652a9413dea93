"""Stands in for `bayesmark.experiment`: what a script hands to `experiment_main` goes to the harness.

Stock's own module brings scikit-learn, xarray and a study of its own, which a sandbox need not have and nobody needs.
What else a script takes from it is stock's, and is loaded when a script asks for it.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "bayesmark.experiment"


class Experiment(ModuleType):
    """The module: `experiment_main` is the harness's, every other name stock's."""

    def __init__(self, path: Path, take: Callable[[Any], None]) -> None:
        super().__init__(NAME, "Perform a study.")
        self.__file__ = str(path)
        self.experiment_main = make_experiment_main(take)

    @cached_property
    def _stock_code(self) -> Any:
        return compile(Path(self.__file__).read_bytes(), self.__file__, "exec")

    def __getattr__(self, name: str) -> Any:
        # Whoever looks through all modules for a name, as pickle does, must not load stock's.
        if name.startswith("_stock") or name not in self._stock_code.co_names:
            raise AttributeError(f"module {NAME!r} has no attribute {name!r}")
        stock = ModuleType(NAME)
        stock.__file__ = self.__file__
        exec(self._stock_code, vars(stock))  # noqa: S102 - Bayesmark's own file
        for each, value in vars(stock).items():
            vars(self).setdefault(each, value)
        return getattr(stock, name)


def make_experiment_main(take: Callable[[Any], None]) -> Callable[..., None]:
    """Return a function with stock's signature that gives the optimizer to `take`."""

    def experiment_main(opt_class: Any, args: Any = None) -> None:  # noqa: ARG001 - stock's signature
        if not callable(opt_class):
            raise TypeError(
                "experiment_main: expected the optimizer's class, or a function that makes an optimizer of a search "
                f"space, got {opt_class!r}"
            )
        take(opt_class)

    return experiment_main


def stand_in(take: Callable[[Any], None]) -> None:
    """Take the place of `bayesmark.experiment`, however a script imports it."""
    bayesmark = importlib.import_module("bayesmark")
    module = Experiment(Path(bayesmark.__path__[0]) / "experiment.py", take)
    sys.modules[NAME] = module
    bayesmark.experiment = module
    bayesmark.__getattr__ = _load_submodule


def _load_submodule(name: str) -> ModuleType:
    """Scripts use `bayesmark.space` and others without an import: with stock's experiment they are loaded already."""
    if not name.startswith("_") and importlib.util.find_spec(f"bayesmark.{name}") is not None:
        return importlib.import_module(f"bayesmark.{name}")
    raise AttributeError(f"module 'bayesmark' has no attribute {name!r}")
