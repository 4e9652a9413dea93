"""Which figures of a replay grow with its submissions, and whether any grows faster than the work."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.replay.run import Replayed

MIB = 1024**2
PAGES = "p50 ms: "


def list_figures(found: Replayed) -> dict[str, float]:
    """Return what is compared between two replays: totals of a whole one, and what a caller waits at its end."""
    first, last = found.moments[0], found.moments[-1]
    figures = {
        "submissions": found.size.submissions,
        "executions": found.size.executions,
        "results": found.size.results,
    }
    return {name: float(each) for name, each in figures.items()} | {
        "seconds until all was scored": found.seconds,
        "database, MiB": (last.database_bytes - first.database_bytes) / MIB,
        "seconds over the fair share, p95": float(np.percentile(found.times[:, 0] - found.times[:, 2], 95)),
        **{f"CPU seconds: {name}": each.cpu_s - first.used[name].cpu_s for name, each in last.used.items()},
        **{f"memory, MiB: {name}": each.memory_bytes / MIB for name, each in last.used.items()},
        **{f"{PAGES}{each.name}": each.p50_ms for each in found.pages},
    }


def compare(
    single: Mapping[str, float], tenfold: Mapping[str, float]
) -> Iterator[tuple[str, float, float, float, bool]]:
    """Yield each figure of both with its ratio, and whether that is at most the ratio of the executions."""
    work = tenfold["executions"] / single["executions"]
    for name, before in single.items():
        if before > 0 and name in tenfold:
            ratio = tenfold[name] / before
            yield name, before, tenfold[name], ratio, ratio <= work


def read_figures(folder: Path) -> dict[str, float] | None:
    """Return the figures of an earlier replay, if there was one."""
    file = folder / "replay.json"
    if not file.exists():
        return None
    figures: dict[str, float] = json.loads(file.read_text())["figures"]
    return figures
