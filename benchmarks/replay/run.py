"""A replay from an empty platform to the end of the final."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from benchmarks.replay.checks import Accounts, check_phase, ideal_times, list_submissions
from benchmarks.replay.competition import FEEDBACK, FINAL, REHEARSAL, Accepted, ReplayCompetition, submit_all
from benchmarks.replay.pages import PageTime, measure_pages
from benchmarks.replay.plan.arrivals import DAY_S, draw_arrivals
from benchmarks.replay.plan.boxes import PublicBox, draw_boxes
from benchmarks.replay.plan.size import ReplaySize
from benchmarks.replay.series import Moment, Observer, queries
from benchmarks.replay.stack.processes import ORGANIZER_TOKEN, ReplayPlatform, running_platform, running_runners
from benchmarks.replay.stack.stores import Stores
from shared.database import Pool
from shared.events import wait_for_any

SEED = 2020
LOAD = 0.9
"""What part of the platform's pace the arrivals want on average; at night it is less, before a deadline more."""
REHEARSED, REHEARSED_AT_LEAST = 1 / 40, 5
"""What part of the submissions shows the pace before the replay."""
NO_TIME = 1e12
POLL_S, SHOWN_EVERY_S = 0.5, 30.0


@dataclass
class Replayed:
    """Everything that was measured."""

    size: ReplaySize
    seed: int
    compression: float = 0.0
    pace: float = 0.0
    seconds: float = 0.0
    final_seconds: float = 0.0
    changes: int = 0
    accepted: Accepted = field(default_factory=lambda: Accepted([], []))
    times: Any = None
    feedback: Accounts | None = None
    final: Accounts | None = None
    moments: list[Moment] = field(default_factory=list)
    final_moments: list[Moment] = field(default_factory=list)
    pages: list[PageTime] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)


class Replay:
    """One replay; `found` has what was measured so far."""

    def __init__(self, size: ReplaySize, stores: Stores, folder: Path, seed: int = SEED) -> None:
        self.found = Replayed(size, seed)
        self._size = size
        self._stores = stores
        self._folder = folder
        self._boxes = draw_boxes(2 * size.boxes, seed)

    async def run(self, minutes: float | None) -> Replayed:
        """Replay; without `minutes` a rehearsal shows how many the machine needs."""
        headers = {"Authorization": f"Bearer {ORGANIZER_TOKEN}"}
        async with (
            running_platform(self._stores, self._folder) as platform,
            asyncpg.create_pool(self._stores.database_url("arena"), min_size=1, max_size=3) as pool,
            httpx.AsyncClient(base_url=platform.url, headers=headers, timeout=120) as http,
        ):
            competition = ReplayCompetition(http)
            await competition.create(self._size, self._boxes)
            await self._choose_compression(platform, competition, pool, minutes)
            compression = self.found.compression
            async with running_runners(self._stores, platform, self._folder, self._size.runners, compression):
                await self._run_feedback(platform, competition, pool)
                await self._run_final(platform, competition, pool)
            await self._look_at_the_end(competition, pool)
        return self.found

    async def _choose_compression(
        self, platform: ReplayPlatform, competition: ReplayCompetition, pool: Pool, minutes: float | None
    ) -> None:
        if minutes is None:
            count = max(REHEARSED_AT_LEAST, round(self._size.submissions * REHEARSED))
            async with running_runners(self._stores, platform, self._folder, self._size.runners, NO_TIME):
                start = time.monotonic()
                for number in range(count):
                    await competition.submit(number % self._size.teams, number, REHEARSAL)
                await _wait_for_end(pool)
                seconds = time.monotonic() - start
            self.found.pace = count * self._size.boxes * self._size.studies / seconds
            minutes = self._size.results / (LOAD * self.found.pace) / 60
        self.found.compression = self._size.days * DAY_S / (60 * minutes)
        _say(f"{self._size.days:.0f} days in {minutes:.1f} minutes; pace {self.found.pace:.0f} results/s")

    async def _run_feedback(self, platform: ReplayPlatform, competition: ReplayCompetition, pool: Pool) -> None:
        arrivals = draw_arrivals(self._size, self.found.seed)
        observer = Observer(pool, platform.pids, self._stores.containers)
        stop, start = asyncio.Event(), time.monotonic()
        self.found.moments = observer.moments
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(observer.run(stop))
            tasks.create_task(_show(observer, stop))
            watching = tasks.create_task(competition.watch(stop))
            self.found.accepted = await submit_all(competition, arrivals, self.found.compression)
            await _wait_for_end(pool)
            observer.moments.append(await observer.look())
            stop.set()
        self.found.changes = watching.result()
        self.found.seconds = time.monotonic() - start

    async def _run_final(self, platform: ReplayPlatform, competition: ReplayCompetition, pool: Pool) -> None:
        observer = Observer(pool, platform.pids, self._stores.containers)
        stop, start = asyncio.Event(), time.monotonic()
        self.found.final_moments = observer.moments
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(observer.run(stop))
            await competition.start_final(self._size)
            await _wait_for_end(pool)
            stop.set()
        self.found.final_seconds = time.monotonic() - start

    async def _look_at_the_end(self, competition: ReplayCompetition, pool: Pool) -> None:
        size, found = self._size, self.found
        of_each = (size.boxes * size.studies, size.shards)
        found.feedback = await check_phase(pool, FEEDBACK, size.submissions, *of_each)
        finalists = min(size.finalists, len({each.team for each in await list_submissions(pool, FEEDBACK)}))
        studies = size.boxes * size.final_studies
        found.final = await check_phase(pool, FINAL, finalists, studies, studies)
        found.pages = await measure_pages(competition.http, found.accepted.ids[0], competition.tokens[0])
        found.tables = [dict(row) async for row in queries.measure_tables(pool)]
        if self._stores.containers:
            await queries.watch_statements(pool)
            found.statements = [dict(row) async for row in queries.count_statements(pool)]
        found.times = self._ideal(await list_submissions(pool, FEEDBACK), self._boxes[: size.boxes])

    def _ideal(self, stored: Sequence[Any], boxes: Sequence[PublicBox]) -> Any:
        size = self._size
        cut = (size.studies, size.studies_per_shard)
        return ideal_times(stored, boxes, *cut, size.runners, self.found.compression)


async def _wait_for_end(pool: Pool) -> None:
    while await pool.fetchval("select exists (select from submissions where ended_at is null)"):  # noqa: ASYNC110
        await asyncio.sleep(POLL_S)


async def _show(observer: Observer, stop: asyncio.Event) -> None:
    """Print a line now and then."""
    while not stop.is_set():
        await wait_for_any(stop, timeout_s=SHOWN_EVERY_S)
        last = observer.moments[-1]
        running = sum(each.running for each in last.shares)
        _say(f"{last.at_s:6.0f} s  {last.ended}/{last.submissions} ended  {last.studies} studies  {running} run")


def _say(line: str) -> None:
    print(line, flush=True)
