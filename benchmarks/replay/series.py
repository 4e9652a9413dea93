"""What the platform uses and holds, looked at every few seconds of a replay, and what that says of its growth."""

import asyncio
import dataclasses
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from benchmarks.stack.containers import Used, container_usage
from benchmarks.stack.processes import cpu_s, memory_bytes
from shared.database import Pool, load_queries
from shared.events import wait_for_any

queries = load_queries(files("benchmarks.replay") / "tables.sql")
INTERVAL_S = 3.0
FULL_SLOTS = 0.95


@dataclass(frozen=True)
class TeamShare:
    """A team's shards at one moment: how many wait, and how many have a place."""

    team: str
    waiting: int
    in_flight: int
    running: int


@dataclass(frozen=True)
class Moment:
    """What was seen at once."""

    at_s: float
    studies: int
    ended: int
    submissions: int
    database_bytes: int
    used: Mapping[str, Used]
    shares: Sequence[TeamShare]
    rows_read: Mapping[str, int]


class Observer:
    """Looks until it is told to stop; `moments` are in the order of time."""

    def __init__(self, pool: Pool, pids: Mapping[str, int], containers: Mapping[str, str]) -> None:
        self.moments: list[Moment] = []
        self._pool = pool
        self._pids = pids
        self._containers = containers
        self._start = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds."""
        while not stop.is_set():
            self.moments.append(await self.look())
            await wait_for_any(stop, timeout_s=INTERVAL_S)

    async def look(self) -> Moment:
        """Look once."""
        progress = await queries.measure_progress(self._pool)
        used = {name: Used(cpu_s(pid), memory_bytes(pid)) for name, pid in self._pids.items()}
        return Moment(
            at_s=time.monotonic() - self._start,
            **dict(progress),
            used=used | await container_usage(self._containers),
            shares=[TeamShare(**dict(row)) async for row in queries.measure_shares(self._pool)],
            rows_read={row["name"]: row["read"] async for row in queries.count_rows_read(self._pool)},
        )


def as_json(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Return moments as JSON has them."""
    return [dataclasses.asdict(each) for each in moments]


def growth(values: Sequence[float]) -> float:
    """Return by what part of its mean a value grows over the second half, by a straight line through it."""
    half = np.asarray(values[len(values) // 2 :], dtype=float)
    if len(half) < 3 or not half.mean():
        return 0.0
    at = np.arange(len(half)) - (len(half) - 1) / 2
    slope = (at @ half) / (at @ at)
    return float(slope * (len(half) - 1) / half.mean())


def split_by_work(moments: Sequence[Moment], parts: int) -> list[tuple[Moment, Moment]]:
    """Return the first and the last moment of parts of about as many studies each."""
    begin, end = moments[0].studies, moments[-1].studies
    bounds = [begin + (end - begin) * part / parts for part in range(parts + 1)]
    edges = [next(each for each in moments if each.studies >= bound) for bound in bounds]
    return [(first, last) for first, last in itertools.pairwise(edges) if last.studies > first.studies]


def fairness(moments: Sequence[Moment]) -> dict[str, tuple[float, int]]:
    """Return of each team its share of the places over a fair one, while it and others wait; and how often that was so.

    A fair share is an equal one: every team that has shards waiting could use more than it has.
    """
    ratios: dict[str, list[float]] = {}
    for moment in moments:
        waiting = [each for each in moment.shares if each.waiting]
        places = sum(each.in_flight for each in waiting)
        if len(waiting) < 2 or not places:
            continue
        for each in waiting:
            ratios.setdefault(each.team, []).append(each.in_flight * len(waiting) / places)
    return {team: (float(np.mean(found)), len(found)) for team, found in sorted(ratios.items())}
