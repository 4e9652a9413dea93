"""Runs a gateway process on a given database and broker."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.stack.compose import ROOT

LIMIT_S = 60
GAP_S = 0.1


@dataclass(frozen=True)
class Gateway:
    """A running gateway: its URL, its memory and its CPU time."""

    url: str
    pid: int

    def memory_bytes(self) -> int:
        """Return its resident memory in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu_s(self) -> float:
        """Return the CPU seconds it has used, in user and system mode."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def running_gateway(database_url: str, broker_url: str) -> AsyncIterator[Gateway]:
    """Run a gateway; yields it once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.gateway"), cwd=ROOT, env={**os.environ, **environment}
        )
        try:
            await wait_ready(url)
            yield Gateway(url, process.pid)
        finally:
            process.terminate()
            await process.wait()


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
