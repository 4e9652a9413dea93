"""`python -m benchmarks [NAME ...]`: runs all benchmarks or those named, on a stack of their own, and prints a table.

The figures are written to benchmarks/results/latest.json. Figures that were not measured this time stay there.
"""

import asyncio
import dataclasses
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.backup import backup
from benchmarks.browser.pages import pages
from benchmarks.browser.reactions import reactions
from benchmarks.client import client
from benchmarks.control_plane.one_result import one_result
from benchmarks.control_plane.shards import control_plane
from benchmarks.figure import Figure
from benchmarks.reading.accept import accept
from benchmarks.reading.leaderboard import leaderboard
from benchmarks.reading.watchers import watchers
from benchmarks.report import report
from benchmarks.resting.idle import idle
from benchmarks.resting.memory import memory
from benchmarks.stack.compose import STORES, URL, organizer_token, own_stack, stores_are_given
from benchmarks.stack.platform import Platform
from benchmarks.studies.environments import environments
from benchmarks.studies.first_study import first_study
from benchmarks.studies.mix import mix
from benchmarks.studies.overhead import study_overhead
from benchmarks.studies.runtimes import runtimes

RESULTS = Path(__file__).parent / "results" / "latest.json"
SLOTS = int(os.environ.get("ARENA_SLOTS", "2"))
ALONE = {"client": client, "report": report, "environments": environments, "runtimes": runtimes}
"""Benchmarks that need no other process."""
ON_STORES = {
    "leaderboard": leaderboard,
    "watchers": watchers,
    "pages": pages,
    "reactions": reactions,
    "one_result": one_result,
    "control_plane": control_plane,
    "backup": backup,
    "accept": accept,
}
"""Benchmarks that need Postgres and RabbitMQ, and start by themselves what else they measure."""
ON_STACK = {
    "memory": memory,
    "idle": idle,
    "first_study": first_study,
    "study_overhead": study_overhead,
    "mix": mix,
}
NAMES = (*ALONE, *ON_STORES, *ON_STACK)


async def measure(names: Sequence[str]) -> AsyncIterator[list[Figure]]:
    """Run benchmarks one after another, so that none disturbs another; yields the figures of each."""
    for name in filter(ALONE.__contains__, names):
        yield await ALONE[name]()
    if set(ON_STORES) & set(names):
        with nullcontext() if stores_are_given() else own_stack(*STORES):
            for name in filter(ON_STORES.__contains__, names):
                yield await ON_STORES[name]()
    if set(ON_STACK) & set(names):
        with own_stack():
            platform = Platform(URL, organizer_token())
            for name in filter(ON_STACK.__contains__, names):
                yield await ON_STACK[name](platform, SLOTS)


async def measure_and_write(names: Sequence[str]) -> list[Figure]:
    """Run benchmarks and write the figures of each at once, so that a failure later on loses none of them."""
    every: list[Figure] = []
    async for found in measure(names):
        every += found
        write(found)
    return every


def write(found: Sequence[Figure]) -> None:
    """Write the figures, replacing those of the same names."""
    known = {figure["name"]: figure for figure in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    known |= {figure.name: dataclasses.asdict(figure) for figure in found}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(list(known.values()), indent=1) + "\n")


def main() -> None:
    """Measure, print, write; the exit code does not depend on the figures."""
    names = sys.argv[1:] or NAMES
    if unknown := set(names) - set(NAMES):
        sys.exit(f"Expected names of {', '.join(NAMES)}, got {', '.join(sorted(unknown))}.")
    table = Table()
    for column in ("benchmark", "value", "unit", "goal", "holds"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for each in asyncio.run(measure_and_write(names)):
        holds = ("yes" if each.holds else "NO") if each.goal else ""
        table.add_row(each.name, f"{each.value:.3g}", each.unit, each.goal, holds)
    Console().print(table)


if __name__ == "__main__":
    main()
