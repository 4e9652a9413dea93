"""A platform on servers of a test's own, whose disks it can fill and whose clocks it can move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.chaos.filesystem import MEBIBYTE, Filesystem, small_filesystem
from tests.chaos.servers import Server, broker_server, database_server, migrate
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
    settings: PlatformSettings


@asynccontextmanager
async def own_platform() -> AsyncIterator[OwnPlatform]:
    """Start a Postgres and a RabbitMQ, each on a small filesystem, and one for blobs; nothing stays."""
    with (
        small_filesystem(DATABASE_DISK_BYTES) as database_disk,
        small_filesystem(BROKER_DISK_BYTES) as broker_disk,
        small_filesystem(BLOBS_DISK_BYTES) as blobs_disk,
    ):
        database, broker = database_server(database_disk.folder), broker_server(broker_disk.folder)
        try:
            for server in (database, broker):
                await server.create()
                await server.start()
            database_url = f"postgresql://arena:{PASSWORD}@127.0.0.1:{database.port}/arena"
            await migrate(database_url)
            settings = platform_settings(
                database_url, f"amqp://arena:{PASSWORD}@127.0.0.1:{broker.port}/", blobs_disk.folder, **QUICK
            )
            yield OwnPlatform(database, broker, database_disk, broker_disk, blobs_disk, settings)
        finally:
            await asyncio.gather(database.remove(), broker.remove())
