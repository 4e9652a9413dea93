"""Disks that get full: the database's, the blob store's, and the broker's, which takes no messages long before."""

from dataclasses import dataclass

from tests.chaos.fault import Fault
from tests.chaos.platform.filesystem import MEBIBYTE, Filesystem
from tests.chaos.platform.servers import Server
from tests.chaos.platform.world import World
from tests.support.waiting import wait_until

BROKER_ALARM, BROKER_ALARM_OVER = "disk resource limit alarm set", "disk resource limit alarm cleared"
LEFT_TO_BROKER_BYTES = 100 * MEBIBYTE
"""Less than its limit, below which it takes no messages."""


@dataclass(frozen=True)
class FillDisk:
    """A filesystem without any room; the server on it, if it has ended for that, is started again by its engine."""

    name: str
    disk: Filesystem
    server: Server | None = None

    async def strike(self) -> None:
        """Take all of its room."""
        self.disk.fill()

    async def heal(self) -> None:
        """Give it back."""
        self.disk.free()
        if self.server is not None:
            await self.server.start()


@dataclass(frozen=True)
class AlarmBroker:
    """A broker that is short of disk and so reads nothing from those who publish."""

    name: str
    disk: Filesystem
    broker: Server

    async def strike(self) -> None:
        """Take most of its room, and wait until it says so; it may be away, or say so only later."""
        self.disk.fill(leave_bytes=LEFT_TO_BROKER_BYTES)

    async def heal(self) -> None:
        """Give the room back, and wait until it takes messages again."""
        self.disk.free()
        await self.broker.start()

        async def is_over() -> bool:
            log = await self.broker.read_log()
            return log.rfind(BROKER_ALARM) <= log.rfind(BROKER_ALARM_OVER)

        await wait_until(is_over, what="the broker's alarm is over")


def disk_faults(world: World) -> list[Fault]:
    """Return the faults of the world's disks, if it has any of its own."""
    if not world.disks:
        return []
    return [
        FillDisk("full disk: database", world.disks["database"], world.database),
        FillDisk("full disk: broker", world.disks["broker"], world.broker),
        AlarmBroker("short of disk: broker", world.disks["broker"], world.broker),
        FillDisk("full disk: blob store", world.disks["blobs"]),
    ]
