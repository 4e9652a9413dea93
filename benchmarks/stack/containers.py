"""What containers use, asked of their engine, so that it does not matter which control groups the machine has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

SOCKET = "/var/run/docker.sock"


@dataclass(frozen=True)
class Used:
    """CPU seconds since the start, and memory now."""

    cpu_s: float
    memory_bytes: int


async def container_usage(containers: Mapping[str, str]) -> dict[str, Used]:
    """Return what each container, by name, has used."""
    if not containers:
        return {}
    transport = httpx.AsyncHTTPTransport(uds=SOCKET)
    async with httpx.AsyncClient(transport=transport, base_url="http://docker", timeout=30) as http:
        return {name: await _usage(http, container) for name, container in containers.items()}


async def _usage(http: httpx.AsyncClient, container: str) -> Used:
    answer = await http.get(f"/containers/{container}/stats", params={"stream": "false", "one-shot": "true"})
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    memory = found["memory_stats"]["stats"]
    own = memory.get("rss", memory.get("anon", 0)) + memory.get("shmem", memory.get("mapped_file", 0))
    return Used(found["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9, int(own))
