"""A gateway in this process whose time passes when a test says so, and whose queries are noted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
from pydantic import SecretStr

from services.gateway.app import create_app
from services.gateway.boards.answers import Boards
from services.gateway.dependencies import make_dependencies
from services.gateway.leaderboard.answers import Leaderboards
from services.gateway.performance.answers import Performances
from services.gateway.settings import GatewaySettings
from services.gateway.views.answers import CounterReader
from shared.broker.connection import connect_broker
from tests.support.gateway.noted_pool import NotedPool, noted_pool


@dataclass
class StoppedGateway:
    """A gateway whose time passes when a test says so."""

    http: httpx.AsyncClient
    noted: NotedPool
    now: float = 0.0


@asynccontextmanager
async def stopped_gateway(settings: GatewaySettings) -> AsyncIterator[StoppedGateway]:
    """A gateway with connections of its own, listening to announcements."""
    stop = asyncio.Event()
    async with (
        noted_pool(settings.database_url.get_secret_value()) as noted,
        connect_broker(SecretStr(settings.broker_url.get_secret_value())) as broker,
        asyncio.TaskGroup() as tasks,
    ):
        made = make_dependencies(noted.pool, broker, settings)
        gateway = StoppedGateway(httpx.AsyncClient(), noted)
        leaderboards = Leaderboards(noted.pool, made.change_notifier, clock=lambda: gateway.now)
        boards = Boards(noted.pool, made.change_notifier, leaderboards, clock=lambda: gateway.now)
        performances = Performances(noted.pool, leaderboards)
        counters = CounterReader(noted.pool, clock=lambda: gateway.now)
        app = create_app(
            replace(made, leaderboards=leaderboards, boards=boards, performances=performances, counters=counters)
        )
        tasks.create_task(made.change_notifier.run(broker, stop))
        gateway.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
        yield gateway
        stop.set()
