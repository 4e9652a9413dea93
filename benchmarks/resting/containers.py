"""The containers of the stack that is measured: their CPU time and their memory."""

import re
from collections.abc import Sequence

from arena.images.docker import docker
from benchmarks.stack.compose import compose
from benchmarks.stack.containers import container_usage

SERVICES = ("gateway", "dispatcher", "aggregator", "runner")
SERVERS = ("postgres", "rabbitmq")
SANDBOX_LABEL = "arena.runner"
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


async def cpu_seconds(names: Sequence[str]) -> dict[str, float]:
    """Return the CPU seconds that each container of these services has used, and those of all sandboxes."""
    services = {name: compose("ps", "-q", name).strip() for name in names}
    runner = compose("ps", "-q", "runner").strip()[:12]
    sandboxes = docker("ps", "--quiet", "--filter", f"label={SANDBOX_LABEL}={runner}").split()
    used = await container_usage(services | {each: each for each in sandboxes})
    found = {name: used[name].cpu_s for name in names}
    return found | {"sandboxes": sum(used[each].cpu_s for each in sandboxes)}


def proportional_bytes(name: str) -> int:
    """Return the memory of a service's processes; of what several processes share, each has its part (PSS)."""
    rollups = compose("exec", "-T", name, "sh", "-c", "cat /proc/[0-9]*/smaps_rollup 2>/dev/null || true")
    return 1024 * sum(int(each) for each in PSS.findall(rollups))
