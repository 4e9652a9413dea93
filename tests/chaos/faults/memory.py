"""Memory that runs out: a service's, that of a process of the database, and the broker's."""

import contextlib
import os
import signal
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.chaos.fault import Fault
from tests.chaos.platform.processes import ServiceProcess
from tests.chaos.platform.servers import Server, run_command
from tests.chaos.platform.world import World
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.waiting import wait_until

MEMORY_GROUPS = Path("/sys/fs/cgroup/memory")
"""Those of version 1, where a group's limit may be set below what its processes have."""
RABBITMQCTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
USUAL_WATERMARK = ("absolute", "1GiB")
ASKED = 20
"""How often a service is asked for its metrics, which takes memory each time."""


@dataclass(frozen=True)
class ExhaustService:
    """A service that the kernel ends, because its control group has no memory left."""

    name: str
    struck: ServiceProcess

    async def strike(self) -> None:
        """Give it none, and let it answer until it has ended."""
        async with _memory_group() as group:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                self.struck.enter(group)
            async with httpx.AsyncClient(verify=TRUSTS_NOBODY, timeout=2) as client:
                for _ in range(ASKED):
                    if not self.struck.is_running:
                        break
                    with contextlib.suppress(httpx.TransportError):
                        await client.get(f"{self.struck.url}/metrics")
            self.struck.kill()  # one that is stopped by another fault asks for no memory

    async def heal(self) -> None:
        """Start it again."""
        self.struck.start()


@contextlib.asynccontextmanager
async def _memory_group() -> AsyncIterator[Path]:
    group = MEMORY_GROUPS / f"arena-chaos-{uuid.uuid4().hex[:12]}"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text("4096")

    async def is_removed() -> bool:
        try:
            group.rmdir()
        except OSError:  # the process that ended is still in it
            return False
        return True

    try:
        yield group
    finally:
        await wait_until(is_removed, what="nothing is left in the control group")


@dataclass(frozen=True)
class ExhaustBackend:
    """A process of the database that the kernel ends; the database then ends all others, and recovers."""

    name: str
    database: Server

    async def strike(self) -> None:
        """Send SIGKILL to one that serves a service, if there is one."""
        listed = await run_command("docker", "top", self.database.container, "-eo", "pid,args", check=False)
        backends = [line.split()[0] for line in listed.splitlines() if "arena 1" in line and "postgres:" in line]
        if backends:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(backends[0]), signal.SIGKILL)

    async def heal(self) -> None:
        """Let it run, whatever else was done to it."""
        await self.database.start()


@dataclass(frozen=True)
class AlarmMemory:
    """A broker that has less memory than it wants, and so reads nothing from those who publish."""

    name: str
    broker: Server

    async def strike(self) -> None:
        """Allow it none."""
        await self._set("0.00001")

    async def heal(self) -> None:
        """Allow it what its image does. One that was started anew meanwhile has that already."""
        await self.broker.start()
        await self._set(*USUAL_WATERMARK)

    async def _set(self, *watermark: str) -> None:
        command = ("timeout", "30", "docker", "exec", self.broker.container, RABBITMQCTL)
        await run_command(*command, "set_vm_memory_high_watermark", *watermark, check=False)


def memory_faults(world: World) -> list[Fault]:
    """Return the faults of memory."""
    services = list(world.services.values()) if MEMORY_GROUPS.is_dir() and os.geteuid() == 0 else []
    return [
        *(ExhaustService(f"out of memory: {each.name}", each) for each in services),
        ExhaustBackend("out of memory: database", world.database),
        AlarmMemory("short of memory: broker", world.broker),
    ]
