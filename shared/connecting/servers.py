"""The database and the broker of a service that needs both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from shared.broker.connection import Broker, connect_broker
from shared.connecting.readiness import ServiceReadiness
from shared.database import Pool, connect_database
from shared.settings import ServerSettings


@asynccontextmanager
async def connect_servers(
    settings: ServerSettings, readiness: ServiceReadiness, *, pool_size: int = 8
) -> AsyncIterator[tuple[Pool, Broker]]:
    """Wait for both side by side, so that `readiness` names each that is missing; close both at the end."""
    async with AsyncExitStack() as stack:

        async def enter_database() -> Pool:
            url, tls = settings.database_url, settings.database_tls
            return await stack.enter_async_context(await connect_database(url, tls, readiness, size=pool_size))

        async with asyncio.TaskGroup() as waiting:
            pool = waiting.create_task(enter_database())
            broker = waiting.create_task(
                stack.enter_async_context(connect_broker(settings.broker_url, settings.broker_tls, readiness))
            )
        yield pool.result(), broker.result()
