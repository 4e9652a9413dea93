"""`python -m services.dispatcher`: wires the dispatcher to the broker and the database, and runs it until a signal."""

import asyncio

from starlette.applications import Starlette

from services.dispatcher.backlog import add_backlog_route
from services.dispatcher.service import Dispatcher
from services.dispatcher.settings import DispatcherSettings
from shared.connecting.readiness import ServiceReadiness
from shared.connecting.servers import connect_servers
from shared.process import run_service, serve_http
from shared.telemetry import add_health_routes


async def main(settings: DispatcherSettings, stop: asyncio.Event) -> None:
    """Run the dispatcher."""
    readiness = ServiceReadiness(stop, "database", "broker")
    app = Starlette()
    add_health_routes(app, readiness.checks)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve_http(app, settings, stop))
        async with connect_servers(settings, readiness) as (pool, broker):
            add_backlog_route(app, pool)
            await Dispatcher(pool, broker, settings).run(stop)


if __name__ == "__main__":
    run_service("dispatcher", DispatcherSettings, main)
