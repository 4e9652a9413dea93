"""`python -m benchmarks [NAME ...]`: measures the running stack, all of it or what is named, and prints the table.

The figures are written to benchmarks/results/latest.json; what was not measured this time stays there as it was.
"""

import asyncio
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import board, figures
from benchmarks.page import reactions
from benchmarks.pages import pages
from benchmarks.platform import Platform
from benchmarks.stack import null_runner
from benchmarks.watchers import watchers

RESULTS = Path(__file__).parent / "results" / "latest.json"
SLOTS = int(os.environ.get("ARENA_SLOTS", "2"))
URL = os.environ.get("ARENA_URL", f"http://127.0.0.1:{os.environ.get('ARENA_PORT', '8080')}")
TOKEN = Path(".arena/organizer-token")
NAMES = (
    "study_overhead",
    "long_boxes",
    "control_plane",
    "accept",
    "leaderboard",
    "watchers",
    "pages",
    "reactions",
    "report",
)


async def measure(names: Sequence[str], token: str) -> list[figures.Row]:
    """Measure one after the other, so that none disturbs another."""
    platform = Platform(URL, token)
    found: list[figures.Row] = []
    if "leaderboard" in names:
        found += await board.leaderboard()
    if "watchers" in names:
        found += await watchers()
    if "pages" in names:
        found += await pages()
    if "reactions" in names:
        found += await reactions()
    if "study_overhead" in names:
        found += await figures.study_overhead(platform, SLOTS)
    if "long_boxes" in names:
        found += await figures.long_boxes(platform, SLOTS)
    if {"control_plane", "accept"} & set(names):
        with null_runner():
            found += await figures.control_plane(platform) if "control_plane" in names else []
            found += await figures.accept(platform) if "accept" in names else []
    if "report" in names:
        found += figures.report()
    return found


def write(found: Sequence[figures.Row]) -> None:
    """Write what was found, in place of the rows of the same names."""
    known = {row["name"]: row for row in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    known |= {row.name: dataclasses.asdict(row) for row in found}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(list(known.values()), indent=1) + "\n")


def main() -> None:
    """Measure, print, write; the exit code does not depend on the figures."""
    names = sys.argv[1:] or NAMES
    if unknown := set(names) - set(NAMES):
        sys.exit(f"Expected names of {', '.join(NAMES)}, got {', '.join(sorted(unknown))}.")
    found = asyncio.run(measure(names, TOKEN.read_text().strip() if TOKEN.exists() else ""))
    table = Table()
    for column in ("benchmark", "value", "unit", "goal", "holds"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for row in found:
        table.add_row(
            row.name, f"{row.value:.3g}", row.unit, row.goal, ("yes" if row.holds else "NO") if row.goal else ""
        )
    Console().print(table)
    write(found)


if __name__ == "__main__":
    main()
