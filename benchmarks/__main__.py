"""`python -m benchmarks`: measures the running stack, prints the table, writes benchmarks/results/latest.json."""

import asyncio
import dataclasses
import json
import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import rows
from benchmarks.platform import Platform
from benchmarks.stack import null_runner

RESULTS = Path(__file__).parent / "results" / "latest.json"
SLOTS = int(os.environ.get("ARENA_SLOTS", "2"))
URL = os.environ.get("ARENA_URL", f"http://127.0.0.1:{os.environ.get('ARENA_PORT', '8080')}")
TOKEN = Path(".arena/organizer-token")


async def measure(platform: Platform) -> list[rows.Row]:
    """Measure one after the other, so that none disturbs another."""
    found = await rows.study_overhead(platform, SLOTS)
    found += await rows.long_boxes(platform, SLOTS)
    with null_runner():
        found += await rows.control_plane(platform)
        found += await rows.accept(platform)
    return found


def main() -> None:
    """Measure, print, write; the exit code does not depend on the figures."""
    found = asyncio.run(measure(Platform(URL, TOKEN.read_text().strip())))
    table = Table()
    for column in ("benchmark", "value", "unit", "goal", "holds"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for row in found:
        table.add_row(
            row.name, f"{row.value:.3g}", row.unit, row.goal, ("yes" if row.holds else "NO") if row.goal else ""
        )
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([dataclasses.asdict(row) for row in found], indent=1) + "\n")


if __name__ == "__main__":
    main()
