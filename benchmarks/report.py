"""How long the report of a large final takes."""

import tempfile
import time
from pathlib import Path

from arena.report.data import read_data
from arena.report.writing import write_report
from benchmarks.figure import Figure
from benchmarks.synthetic import SyntheticFinal


async def report() -> list[Figure]:
    """Measure the seconds from an export's stream to the finished page, including the time to generate the stream."""
    final = SyntheticFinal([f"team {number}" for number in range(20)], n_boxes=30, studies=100)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        data = read_data(final.lines(), final.shown(), final.baseline())
        write_report(data, Path(folder) / "report.html", None, reveal=False)
    seconds = time.perf_counter() - start
    return [Figure("report: 20 teams x 30 boxes x 100 studies", seconds, "s", "< 60 s", seconds < 60)]
