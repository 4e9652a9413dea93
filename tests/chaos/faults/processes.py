"""Services that are killed, stopped for a while, and restarted."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.fault import Fault
from tests.chaos.platform.processes import ServiceProcess
from tests.chaos.platform.world import World
from tests.support.stack import SERVICES


@dataclass(frozen=True)
class KillServices:
    """Processes that end at once; they are started again."""

    name: str
    struck: tuple[ServiceProcess, ...]

    async def strike(self) -> None:
        """Send SIGKILL."""
        for each in self.struck:
            each.kill()

    async def heal(self) -> None:
        """Start them again."""
        for each in self.struck:
            each.start()


@dataclass(frozen=True)
class PauseService:
    """A process that does nothing for a while, as on a machine that is suspended."""

    name: str
    struck: ServiceProcess

    async def strike(self) -> None:
        """Send SIGSTOP."""
        self.struck.pause()

    async def heal(self) -> None:
        """Send SIGCONT."""
        self.struck.resume()


@dataclass(frozen=True)
class RestartService:
    """A process that is asked to end, and started again when it has."""

    name: str
    struck: ServiceProcess

    async def strike(self) -> None:
        """Do nothing yet, because it ends in good order only if nothing stops it meanwhile."""

    async def heal(self) -> None:
        """Let it end, and start it again."""
        self.struck.resume()
        await self.struck.end()
        self.struck.start()


def process_faults(world: World) -> list[Fault]:
    """Return the faults of single services, and of both processes of one service at once."""
    single: list[tuple[str, Callable[[str, ServiceProcess], Fault]]] = [
        ("kill service", lambda name, struck: KillServices(name, (struck,))),
        ("pause service", PauseService),
        ("restart service", RestartService),
    ]
    found = [make(f"{kind}: {name}", struck) for kind, make in single for name, struck in world.services.items()]
    for service in SERVICES:
        both = tuple(each for each in world.services.values() if each.service == service)
        found.append(KillServices(f"kill both: {service}", both))
    return found
