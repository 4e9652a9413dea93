"""`python -m benchmarks.compare OTHER [--rounds N] NAME ...`: compares this tree with another checkout, as ratios.

The two take turns, because a machine's speed varies. For a checkout whose benchmarks do not start a stack of their own,
`deploy/stack.sh up` starts one. Where ARENA_BENCH_POSTGRES and ARENA_BENCH_BROKER are set, both trees use
those.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.stack.compose import ROOT, stores_are_given

Measured = dict[str, list[float]]
"""The values of each figure, one a round."""


def compare(trees: Sequence[Path], names: Sequence[str], rounds: int) -> list[Measured]:
    """Measure all trees in each round, in the opposite order every other round; returns the figures of each."""
    found: list[Measured] = [defaultdict(list) for _ in trees]
    for number in range(rounds):
        turns = list(zip(trees, found, strict=True))
        for tree, measured in turns if number % 2 == 0 else reversed(turns):
            for name, value in measure(tree, names).items():
                measured[name].append(value)
    return found


def measure(tree: Path, names: Sequence[str]) -> dict[str, float]:
    """Run a tree's benchmarks; returns the value of each figure. The tree's own results file is not changed."""
    results = tree / "benchmarks" / "results" / "latest.json"
    before = results.read_text() if results.exists() else None
    results.unlink(missing_ok=True)
    try:
        with stack_of(tree):
            _call(tree, [_python(tree), "-m", "benchmarks", *names])
        return {figure["name"]: figure["value"] for figure in json.loads(results.read_text())}
    finally:
        if before is not None:
            results.write_text(before)


@contextmanager
def stack_of(tree: Path) -> Iterator[None]:
    """Start the stack that a tree's benchmarks need, unless they start one of their own."""
    if stores_are_given() or (tree / "benchmarks" / "stack" / "compose.py").exists():
        yield
        return
    _call(tree, ["bash", "deploy/stack.sh", "up"])
    try:
        yield
    finally:
        _call(tree, ["bash", "deploy/stack.sh", "down"])


def main() -> None:
    """Print the median of each figure in both trees, and the ratio of this tree's to the other's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("names", nargs="*")
    given = parser.parse_intermixed_args()
    here, there = compare([ROOT, given.other.resolve()], given.names, given.rounds)
    table = Table()
    for column in ("figure", "other", "here", "here / other"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name in [*here, *(name for name in there if name not in here)]:
        values = [statistics.median(each[name]) if name in each else None for each in (there, here)]
        cells = ["-" if value is None else f"{value:.4g}" for value in values]
        other, own = values
        table.add_row(name, *cells, f"{own / other:.3f}" if own is not None and other else "")
    Console().print(table)


def _python(tree: Path) -> str:
    own = tree / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def _call(tree: Path, command: Sequence[str]) -> None:
    subprocess.run(command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=True)


if __name__ == "__main__":
    main()
