"""`python -m services.dispatcher`: wires the dispatcher to the broker and the database, and runs it until a signal."""

import asyncio

from fastapi import FastAPI

from services.dispatcher.backlog import add_backlog_route
from services.dispatcher.service import Dispatcher
from services.dispatcher.settings import DispatcherSettings
from shared.broker.connection import connect_broker
from shared.database import connect_database, database_check
from shared.process import run_service, serve_http
from shared.telemetry import add_health_routes


async def main(settings: DispatcherSettings, stop: asyncio.Event) -> None:
    """Run the dispatcher."""
    async with (
        await connect_database(settings.database_url, stop=stop) as pool,
        connect_broker(settings.broker_url, stop=stop) as broker,
    ):
        app = FastAPI(title="Arena dispatcher")
        add_health_routes(app, {"database": database_check(pool), "broker": broker.check()})
        add_backlog_route(app, pool)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_http(app, settings, stop))
            tasks.create_task(Dispatcher(pool, broker, settings).run(stop))


if __name__ == "__main__":
    run_service("dispatcher", DispatcherSettings, main)
