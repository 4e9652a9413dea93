"""A platform on servers of a test's own, whose disks it can fill and whose clocks it can move."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.chaos.platform.clock import SettableClock, database_clock
from tests.chaos.platform.filesystem import MEBIBYTE, Filesystem, small_filesystem
from tests.chaos.platform.servers import Server, broker_server, database_server, make_database, new_network
from tests.support.backends import PASSWORD
from tests.support.service_settings import PlatformSettings, platform_settings

QUICK: dict[str, Any] = {
    "sweep_interval_s": 0.2,
    "heartbeat_interval_s": 0.2,
    "engine_check_interval_s": 0.2,
    "grace_s": 0.5,
}
DATABASE_DISK_BYTES, BROKER_DISK_BYTES, BLOBS_DISK_BYTES = 256 * MEBIBYTE, 1024 * MEBIBYTE, 64 * MEBIBYTE


@dataclass(frozen=True)
class OwnPlatform:
    """The servers, the disks under them and the blob store, and the services' settings."""

    database: Server
    broker: Server
    database_disk: Filesystem
    broker_disk: Filesystem
    blobs_disk: Filesystem
    database_clock: SettableClock | None
    settings: PlatformSettings


@asynccontextmanager
async def own_platform(*, sets_clock: bool = False, **given: Any) -> AsyncIterator[OwnPlatform]:
    """Start a Postgres and a RabbitMQ, each on a small filesystem, and one for blobs; nothing stays.

    `given` are settings of the services. With `sets_clock`, the database's clock can be set.
    """
    async with AsyncExitStack() as stack:
        database_disk, broker_disk, blobs_disk = (
            stack.enter_context(small_filesystem(size_bytes))
            for size_bytes in (DATABASE_DISK_BYTES, BROKER_DISK_BYTES, BLOBS_DISK_BYTES)
        )
        clock = database_clock(database_disk.folder) if sets_clock else None
        environment = [] if clock is None else [f"{name}={value}" for name, value in clock.environment.items()]
        database = database_server(database_disk.folder, *environment)
        broker = broker_server(broker_disk.folder)
        network = await stack.enter_async_context(new_network())
        for server in (database, broker):
            stack.push_async_callback(server.remove)
            await server.create(network)
            await server.start()
        database_url = f"postgresql://arena:{PASSWORD}@127.0.0.1:{database.port}/arena"
        await make_database(database_url)
        settings = platform_settings(
            database_url, f"amqp://arena:{PASSWORD}@127.0.0.1:{broker.port}/", blobs_disk.folder, **QUICK | given
        )
        yield OwnPlatform(database, broker, database_disk, broker_disk, blobs_disk, clock, settings)
