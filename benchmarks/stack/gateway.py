"""Runs a gateway process on a given database and broker."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from benchmarks.stack.processes import cpu_s, free_port, memory_bytes, running_processes

LIMIT_S = 60
GAP_S = 0.1


@dataclass(frozen=True)
class Gateway:
    """A running gateway: its URL, its memory and its CPU time."""

    url: str
    pid: int

    def memory_bytes(self) -> int:
        """Return its resident memory in bytes."""
        return memory_bytes(self.pid)

    def cpu_s(self) -> float:
        """Return the CPU seconds it has used, in user and system mode."""
        return cpu_s(self.pid)


@asynccontextmanager
async def running_gateway(database_url: str, broker_url: str) -> AsyncIterator[Gateway]:
    """Run a gateway; yields it once it is ready."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as blobs:
        environment = {
            "ARENA_DATABASE_URL": database_url,
            "ARENA_BROKER_URL": broker_url,
            "ARENA_BLOB_URL": f"file://{blobs}",
            "ARENA_HTTP_HOST": "127.0.0.1",
            "ARENA_HTTP_PORT": str(port),
            "ARENA_LOG_LEVEL": "warning",
            "ARENA_ANONYMOUS_RATE": "1000000/minute",  # all clients of a benchmark have the same address
        }
        async with running_processes([("services.gateway",)], [environment]) as (pid,):
            await wait_ready(url)
            yield Gateway(url, pid)


async def wait_ready(url: str) -> None:
    """Wait until a service at this URL is ready."""
    async with asyncio.timeout(LIMIT_S), httpx.AsyncClient(base_url=url) as http:
        while True:
            try:
                if (await http.get("/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(GAP_S)
