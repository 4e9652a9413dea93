"""A gateway process of its own, on a database and a broker that are given."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from benchmarks.stack import ROOT

LIMIT_S = 60
GAP_S = 0.1


@asynccontextmanager
async def running_gateway(database_url: str, broker_url: str) -> AsyncIterator[str]:
    """Run a gateway until the end; yields its URL when it is ready."""
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
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.gateway"), cwd=ROOT, env={**os.environ, **environment}
        )
        try:
            await _wait_ready(url)
            yield url
        finally:
            process.terminate()
            await process.wait()


async def _wait_ready(url: str) -> None:
    async with asyncio.timeout(LIMIT_S), httpx.AsyncClient(base_url=url) as http:
        while True:
            try:
                if (await http.get("/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(GAP_S)
