"""2,000 WebSockets on one gateway at 100 changes a second: latency, message sizes, and effects of slow clients."""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import numpy.typing as npt
from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.leaderboard import new_database, queries
from benchmarks.stack.compose import ROOT, broker_url, postgres_url
from benchmarks.stack.gateway import running_gateway
from shared.broker.connection import Broker, connect_broker
from shared.database import Pool, connect_database
from shared.messages import PhaseChanged

WATCHERS, PAUSING = 2000, 20
CHANGES_PER_SECOND = 100
SECONDS = int(os.environ.get("ARENA_BENCH_SECONDS", "20"))
LIMIT_S = 120.0
BOARD = "/api/v1/competitions/bench"

Log = list[tuple[int, float]]
"""The number of each change, and when the statement that commits it was sent."""
Notes = npt.NDArray[np.float64]
"""A row for each message: which watcher, whether it pauses, number, when it came, bytes."""
Tell = Callable[[str], Awaitable[None]]


async def watchers() -> list[Figure]:
    """Let all watch while changes come; then again while some do not read, and resume at the end."""
    async with (
        new_database(postgres_url()) as url,
        running_gateway(url, broker_url()) as gateway,
        await connect_database(SecretStr(url)) as pool,
        connect_broker(SecretStr(broker_url())) as broker,
    ):
        submissions = await fill(pool)
        await get_leaderboard(gateway.url)
        memory = gateway.memory_bytes()
        async with load_clients(f"ws{gateway.url.removeprefix('http')}{BOARD}/live") as tell:
            idle = gateway.memory_bytes() - memory
            first = await change(pool, broker, submissions, tell)
            busy = gateway.memory_bytes() - memory
            await tell("pause")
            cpu, start = gateway.cpu_s(), time.monotonic()
            second = await change(pool, broker, submissions, tell)
            cpu = (gateway.cpu_s() - cpu) / (time.monotonic() - start)
            await tell("resume")
            await tell(f"until {second[-1][0]}")
            notes = await written(tell)
    each = max(idle, busy) / (WATCHERS + PAUSING)
    return [
        *figures_of(notes, first, second),
        Figure("watchers: gateway's CPU while changes come", cpu, "cores", "", True),
        Figure("watchers: memory of one", each / 1000, "kB", "< 50", each < 50_000),
    ]


def figures_of(notes: Notes, first: Log, second: Log) -> list[Figure]:
    """Return the figures of the time when all read, and of the time when some did not."""
    reading, pausing = notes[notes[:, 1] == 0], notes[notes[:, 1] == 1]
    p50, p99, last = (float(each) for each in np.percentile(latencies_ms(reading, first), [50, 99, 100]))
    beside = float(np.percentile(latencies_ms(reading, second), 99))
    missed = messages_each(pausing, second) / messages_each(reading, second)
    size = np.median(reading[reading[:, 2] > first[0][0], 4])
    return [
        Figure(f"watchers: commit to {WATCHERS} sockets, p50", p50, "ms", "", True),
        Figure(f"watchers: commit to {WATCHERS} sockets, p99", p99, "ms", "< 500", p99 < 500),
        Figure(f"watchers: commit to {WATCHERS} sockets, slowest", last, "ms", "", True),
        Figure(f"watchers: the same beside {PAUSING} that do not read, p99", beside, "ms", "< 500", beside < 500),
        Figure("watchers: messages kept for one that does not read", missed, "ratio", "< 1", missed < 1),
        Figure("watchers: size of a message, median", float(size) / 1000, "kB", "", True),
    ]


def latencies_ms(notes: Notes, log: Log) -> npt.NDArray[np.float64]:
    """Return for each watcher and change the ms from its commit to the first message with at least its number."""
    changes, times = np.array(log).T
    found = []
    for _, messages in by_watcher(notes):
        first = np.searchsorted(messages[:, 2], changes)
        found.append(1000 * (messages[first, 3] - times))
    return np.concatenate(found)


def messages_each(notes: Notes, log: Log) -> float:
    """Return how many messages a watcher got on average about these changes."""
    found = [np.sum(messages[:, 2] >= log[0][0]) for _, messages in by_watcher(notes)]
    return float(np.mean(found))


def by_watcher(notes: Notes) -> list[tuple[float, Notes]]:
    """Return each watcher's notes with the number of the watcher."""
    names, firsts = np.unique(notes[:, 0], return_index=True)
    return list(zip(names, np.split(notes, firsts[1:]), strict=True))


async def fill(pool: Pool) -> Sequence[UUID]:
    """Insert 100 teams with a scored submission and one under way; returns those under way."""
    phase_id = await queries.insert_phase(pool)
    rows = queries.insert_running_everywhere(pool, phase_id=phase_id)
    submissions = [row["id"] async for row in rows]
    await queries.insert_curves(pool, phase_id=phase_id)
    return submissions


async def get_leaderboard(url: str) -> None:
    """Request the leaderboard once, so that loading it for the first time is not counted as a watcher's."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        (await http.get(f"{BOARD}/leaderboard")).raise_for_status()


async def change(pool: Pool, broker: Broker, submissions: Sequence[UUID], tell: Tell) -> Log:
    """Commit changes at a fixed rate without waiting for earlier ones, and announce each as the aggregator does.

    Returns once all reading watchers have received them.
    """
    draw = random.Random(0)  # noqa: S311 - not a secret
    start = time.monotonic() + 0.1
    log: Log = []

    async def commit(number: int) -> None:
        await asyncio.sleep(start + number / CHANGES_PER_SECOND - time.monotonic())
        at = time.monotonic()
        row = await queries.change_submission(pool, id=draw.choice(submissions))
        log.append((row["change"], at))
        await broker.publish([PhaseChanged(phase_id=row["phase_id"], change=row["change"])])

    async with asyncio.TaskGroup() as tasks:
        for number in range(CHANGES_PER_SECOND * SECONDS):
            tasks.create_task(commit(number))
    log.sort()
    await tell(f"until {log[-1][0]}")
    return log


async def written(tell: Tell) -> Notes:
    """Return everything that the watchers recorded."""
    with tempfile.TemporaryDirectory() as folder:
        await tell(f"write {folder}/notes.npy")
        notes: Notes = np.load(f"{folder}/notes.npy")
    return notes


@asynccontextmanager
async def load_clients(url: str) -> AsyncIterator[Tell]:
    """Run the watchers in a process of their own; yields a function that sends them a command."""
    process: Any = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.reading.load_clients", url, str(WATCHERS), str(PAUSING)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )

    async def hear() -> None:
        async with asyncio.timeout(LIMIT_S):
            if not await process.stdout.readline():
                raise RuntimeError("expected the watchers to go on, but their process ended; what it printed says why")

    async def tell(command: str) -> None:
        process.stdin.write(f"{command}\n".encode())
        await hear()

    try:
        await hear()
        yield tell
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
