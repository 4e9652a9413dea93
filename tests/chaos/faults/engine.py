"""The engine on which studies run: killed, stopped for a while, restarted; and containers that end under a study."""

import asyncio
from dataclasses import dataclass, field

from tests.chaos.fault import Fault
from tests.chaos.platform.world import World
from tests.support.sandbox.own_engine import OwnEngine


@dataclass(frozen=True)
class EngineCare:
    """Breaks and mends one engine, one thing at a time."""

    engine: OwnEngine
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def kill(self) -> None:
        """End its process; its containers live on."""
        async with self.turn:
            await asyncio.to_thread(self.engine.kill)

    async def pause(self) -> None:
        """Let it answer nobody."""
        async with self.turn:
            self.engine.pause()

    async def mend(self) -> None:
        """See to it that it answers."""
        async with self.turn:
            self.engine.resume()
            await asyncio.to_thread(self.engine.start)

    async def kill_containers(self) -> None:
        """End every container that runs, if the engine answers."""
        async with self.turn:
            found = await asyncio.create_subprocess_exec(
                *("timeout", "5", "docker", "--host", self.engine.url, "ps", "--quiet"), stdout=asyncio.subprocess.PIPE
            )
            output, _ = await found.communicate()
            if containers := output.decode().split():
                command = ("timeout", "20", "docker", "--host", self.engine.url, "kill", *containers)
                killing = await asyncio.create_subprocess_exec(
                    *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
                )
                await killing.wait()


@dataclass(frozen=True)
class KillEngine:
    """An engine that crashes, and forgets nothing of its containers."""

    name: str
    care: EngineCare

    async def strike(self) -> None:
        """Send SIGKILL."""
        await self.care.kill()

    async def heal(self) -> None:
        """Start it again."""
        await self.care.mend()


@dataclass(frozen=True)
class PauseEngine:
    """An engine that answers nobody for a while."""

    name: str
    care: EngineCare

    async def strike(self) -> None:
        """Send SIGSTOP."""
        await self.care.pause()

    async def heal(self) -> None:
        """Send SIGCONT."""
        await self.care.mend()


@dataclass(frozen=True)
class KillContainers:
    """All containers of all runners end at once, those that only claim a CPU, too."""

    name: str
    care: EngineCare

    async def strike(self) -> None:
        """Kill them."""
        await self.care.kill_containers()

    async def heal(self) -> None:
        """Do nothing: the runners start new ones."""


def engine_faults(world: World) -> list[Fault]:
    """Return the faults of the world's own engine, if it has one."""
    if world.engine is None:
        return []
    care = EngineCare(world.engine)
    return [
        KillEngine("kill engine", care),
        PauseEngine("pause engine", care),
        KillContainers("kill all containers", care),
    ]
