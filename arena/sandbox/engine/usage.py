"""What a container has used: read from the host's control groups where they can be seen, else told by the engine.

The files are exact and cost nothing. Docker before version 23 collects once a second, and lets a caller wait for that.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from aiodocker import Docker

from arena.sandbox.engine.connection import ENGINE_ERRORS
from arena.words.execution import Usage

log = structlog.get_logger()

CONTROL_GROUPS = Path("/sys/fs/cgroup")
CPU_FILES = ("cpuacct.usage", "cpu.stat")
MEMORY_FILES = ("memory.max_usage_in_bytes", "memory.peak")
"""Of version 1 and of version 2; the peak came to version 2 with Linux 5.19."""


async def read_usage(docker: Docker, container_id: str, control_groups: Path, group: str, timeout_s: float) -> Usage:
    """Return what a running container has used so far, or nothing if that cannot be said in time. Never raises."""
    usage = read_control_groups(container_id, control_groups, group)
    if usage.cpu_s is not None:
        return usage
    try:
        async with asyncio.timeout(timeout_s):
            return parse_stats(
                await docker._query_json(  # noqa: SLF001 - the library's own call would wait for two samples
                    f"containers/{container_id}/stats", params={"stream": "false", "one-shot": "true"}
                )
            )
    except ENGINE_ERRORS as error:
        log.debug("usage not known", container=container_id, error=repr(error))
        return Usage()


def read_control_groups(container_id: str, root: Path, group: str) -> Usage:
    """Return what the host's kernel says about a container; nothing when its control group cannot be seen from here.

    `group` is the one in which its engine runs: `/`, or that of a pod's container.
    """
    folders = list(_folders(container_id, root, group))
    cpu, memory = _read_first(folders, CPU_FILES), _read_first(folders, MEMORY_FILES)
    return Usage(cpu_s=_cpu_seconds(cpu), memory_peak_bytes=None if memory is None else int(memory))


def _folders(container_id: str, root: Path, group: str) -> Iterator[Path]:
    """Where an engine puts a container's control group: by itself or by systemd, in version 1 and in version 2."""
    for name in (f"docker/{container_id}", f"system.slice/docker-{container_id}.scope"):
        yield from (root / controller / group.strip("/") / name for controller in ("cpuacct", "memory", "."))


def _read_first(folders: list[Path], names: tuple[str, ...]) -> str | None:
    for folder in folders:
        for name in names:
            try:
                return (folder / name).read_text()
            except OSError:
                continue
    return None


def _cpu_seconds(text: str | None) -> float | None:
    if text is None:
        return None
    if text.startswith("usage_usec"):
        return int(text.split()[1]) / 1e6
    return int(text) / 1e9


def parse_stats(stats: dict[str, Any]) -> Usage:
    """Return what the engine's statistics say; of a container that is no more they say nothing.

    Under version 2 of control groups they have no peak, only the present use.
    """
    cpu_ns = stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage")
    memory = stats.get("memory_stats", {})
    peak = memory.get("max_usage") or memory.get("usage")
    return Usage(cpu_s=cpu_ns / 1e9 if cpu_ns else None, memory_peak_bytes=peak or None)
