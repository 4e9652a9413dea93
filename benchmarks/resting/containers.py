"""The containers of the stack that is measured: their CPU time and their memory."""

import re
from collections.abc import Sequence

import httpx

from benchmarks.stack.compose import compose

SOCKET = "/var/run/docker.sock"
SERVICES = ("gateway", "dispatcher", "aggregator", "runner")
SERVERS = ("postgres", "rabbitmq")
SANDBOX_LABEL = "arena.runner"
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def cpu_seconds(names: Sequence[str]) -> dict[str, float]:
    """Return the CPU seconds that each container of these services has used, and those of all sandboxes."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=SOCKET), base_url="http://engine", timeout=30) as engine:
        found = {name: _used(engine, compose("ps", "-q", name).strip()) for name in names}
        runner = compose("ps", "-q", "runner").strip()[:12]
        filters = f'{{"label": ["{SANDBOX_LABEL}={runner}"]}}'
        listed = engine.get("/containers/json", params={"filters": filters}).raise_for_status().json()
        return found | {"sandboxes": sum(_used(engine, each["Id"]) for each in listed)}


def _used(engine: httpx.Client, container: str) -> float:
    answer = engine.get(f"/containers/{container}/stats", params={"stream": "false", "one-shot": "true"})
    nanoseconds: int = answer.raise_for_status().json()["cpu_stats"]["cpu_usage"]["total_usage"]
    return nanoseconds / 1e9


def proportional_bytes(name: str) -> int:
    """Return the memory of a service's processes; of what several processes share, each has its part (PSS)."""
    rollups = compose("exec", "-T", name, "sh", "-c", "cat /proc/[0-9]*/smaps_rollup 2>/dev/null || true")
    return 1024 * sum(int(each) for each in PSS.findall(rollups))
