"""Runs optimizer.py as stock Bayesmark does, as a script, and finds the optimizer of one that hands none over."""

import builtins
import sys
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any


class NoSingleOptimizer(Exception):
    """The script leaves open what the optimizer is; the message says what was found and what to do."""


def run_script(path: Path) -> ModuleType:
    """Run a file as the interpreter runs it: as `__main__`, where pickle, multiprocessing and inspect look it up."""
    script = ModuleType("__main__")
    loader = SourceFileLoader("__main__", str(path))
    vars(script).update(__file__=str(path), __loader__=loader, __builtins__=builtins)
    sys.modules["__main__"] = script
    sys.argv[:] = [str(path)]
    exec(loader.source_to_code(path.read_bytes(), str(path)), vars(script))  # noqa: S102 - in the sandbox
    return script


def choose_optimizer(names: Mapping[str, Any], base: type) -> type:
    """Return the one class among a script's names that derives from `base`; raises `NoSingleOptimizer`.

    Imported ones count, Bayesmark's own do not. A class and one derived from it are one optimizer: the derived one.
    """
    found = [
        item
        for item in dict.fromkeys(each for each in names.values() if isinstance(each, type))
        if issubclass(item, base) and item.__module__.partition(".")[0] != "bayesmark"
    ]
    leaves = [item for item in found if not any(other is not item and issubclass(other, item) for other in found)]
    if len(leaves) == 1:
        return leaves[0]
    if not leaves:
        raise NoSingleOptimizer(
            "optimizer.py: expected an optimizer, found none: the script neither calls experiment_main, nor has a "
            "subclass of bayesmark.abstract_optimizer.AbstractOptimizer among its names. " + _how_to_choose("YourClass")
        )
    listed = ", ".join(f"{item.__name__} ({_where(item)})" for item in leaves)
    raise NoSingleOptimizer(
        f"optimizer.py: expected one optimizer, found {len(leaves)}: {listed}. " + _how_to_choose(leaves[-1].__name__)
    )


def _where(item: type) -> str:
    return "defined in optimizer.py" if item.__module__ == "__main__" else f"imported from {item.__module__}"


def _how_to_choose(name: str) -> str:
    return (
        "Say which it is at the end of optimizer.py:\n"
        "    from bayesmark.experiment import experiment_main\n"
        '    if __name__ == "__main__":\n'
        f"        experiment_main({name})"
    )
