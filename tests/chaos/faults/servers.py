"""The broker and the database, killed, stopped for a while, restarted; and a broker that loses all of its data."""

from dataclasses import dataclass

from tests.chaos.fault import Fault
from tests.chaos.platform.servers import Server
from tests.chaos.platform.world import World


@dataclass(frozen=True)
class KillServer:
    """A server that ends at once and comes back with its data."""

    name: str
    struck: Server

    async def strike(self) -> None:
        """Send SIGKILL."""
        await self.struck.kill()

    async def heal(self) -> None:
        """Start it again."""
        await self.struck.start()


@dataclass(frozen=True)
class PauseServer:
    """A server that does nothing for a while."""

    name: str
    struck: Server

    async def strike(self) -> None:
        """Freeze its processes."""
        await self.struck.pause()

    async def heal(self) -> None:
        """Let them go on."""
        await self.struck.start()


@dataclass(frozen=True)
class StopServer:
    """A server that ends in good order, as for an update."""

    name: str
    struck: Server

    async def strike(self) -> None:
        """Ask it to end, and wait."""
        await self.struck.stop()

    async def heal(self) -> None:
        """Start it again."""
        await self.struck.start()


@dataclass(frozen=True)
class LoseServer:
    """A server that comes back empty."""

    name: str
    struck: Server

    async def strike(self) -> None:
        """End it, and delete what it has."""
        await self.struck.lose_data()

    async def heal(self) -> None:
        """Start it again."""
        await self.struck.start()


def server_faults(world: World) -> list[Fault]:
    """Return the faults of both servers. Only the broker may lose its data: Postgres is the truth."""
    found: list[Fault] = []
    for server in (world.database, world.broker):
        found += [
            KillServer(f"kill server: {server.name}", server),
            PauseServer(f"pause server: {server.name}", server),
            StopServer(f"restart server: {server.name}", server),
        ]
    return [*found, LoseServer("lose all data: broker", world.broker)]
