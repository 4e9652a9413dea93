"""The services of a replay as processes, and what they use."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.replay.stack.stores import Stores
from benchmarks.stack.compose import ROOT
from benchmarks.stack.gateway import wait_ready
from benchmarks.stack.processes import free_port

ORGANIZER_TOKEN = "organizer-token-of-the-replay"  # noqa: S105 - of a platform that lives for minutes
LIMIT_S, GAP_S = 300.0, 0.2
RUNNER_PROCESSES = 4


@dataclass(frozen=True)
class ReplayPlatform:
    """The gateway's URL, and the ids of the services' processes."""

    url: str
    pids: Mapping[str, int]


@asynccontextmanager
async def running_platform(stores: Stores, folder: Path) -> AsyncIterator[ReplayPlatform]:
    """Run gateway, dispatcher and aggregator until the block ends; yields when they are ready."""
    blobs = folder / "blobs"
    blobs.mkdir(parents=True, exist_ok=True)
    ports = {name: free_port() for name in ("gateway", "dispatcher", "aggregator")}
    async with AsyncExitStack() as stack:
        pids = {}
        for name, port in ports.items():
            more = {
                "ARENA_DATABASE_URL": stores.database_url(name),
                "ARENA_HTTP_PORT": str(port),
                "ARENA_ORGANIZER_TOKEN": ORGANIZER_TOKEN,
                "ARENA_ANONYMOUS_RATE": "1000000/minute",  # all clients of a replay have the same address
            }
            environment = _environment(stores.broker_url(name), blobs) | more
            process = _running(f"services.{name}", [], environment, folder / f"{name}.log")
            pids[name] = (await stack.enter_async_context(process)).pid
        await asyncio.gather(*(wait_ready(f"http://127.0.0.1:{port}") for port in ports.values()))
        yield ReplayPlatform(f"http://127.0.0.1:{ports['gateway']}", pids)


@asynccontextmanager
async def running_runners(
    stores: Stores, platform: ReplayPlatform, folder: Path, count: int, compression: float
) -> AsyncIterator[None]:
    """Run so many runners, in a few processes, until the block ends; yields when the platform knows all of them."""
    environment = _environment(stores.broker_url("runner"), folder / "blobs")
    per_process = -(-count // RUNNER_PROCESSES)
    async with AsyncExitStack() as stack:
        for first in range(0, count, per_process):
            arguments = [str(first), str(min(per_process, count - first)), str(compression)]
            log = folder / f"runners-{first}.log"
            await stack.enter_async_context(_running("benchmarks.replay.stack.runners", arguments, environment, log))
        await _wait_for_runners(platform.url, count)
        yield


@asynccontextmanager
async def _running(
    module: str, arguments: list[str], environment: Mapping[str, str], log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.returncode is not None:
            raise RuntimeError(f"expected {module} to run until the end, it ended with {process.returncode}; see {log}")
        process.send_signal(signal.SIGTERM)
        await process.wait()


def _environment(broker_url: str, blobs: Path) -> dict[str, str]:
    return {
        "ARENA_BROKER_URL": broker_url,
        "ARENA_BLOB_URL": f"file://{blobs}",
        "ARENA_HTTP_HOST": "127.0.0.1",
        "ARENA_LOG_LEVEL": "warning",
    }


async def _wait_for_runners(url: str, count: int) -> None:
    headers = {"Authorization": f"Bearer {ORGANIZER_TOKEN}"}
    async with asyncio.timeout(LIMIT_S), httpx.AsyncClient(base_url=url, headers=headers) as http:
        while True:
            answer = await http.get("/api/v1/admin/machines")
            answer.raise_for_status()
            if answer.json()["ready"] >= count:
                return
            await asyncio.sleep(GAP_S)
