"""`python -m services.aggregator`: wires the aggregator to the broker and the database, and runs it until a signal."""

import asyncio

from starlette.applications import Starlette

from services.aggregator.service import Aggregator
from services.aggregator.settings import AggregatorSettings
from shared.connecting.readiness import ServiceReadiness
from shared.connecting.servers import connect_servers
from shared.outbox import Outbox
from shared.process import run_service, serve_http
from shared.telemetry import add_health_routes


async def main(settings: AggregatorSettings, stop: asyncio.Event) -> None:
    """Run the aggregator."""
    readiness = ServiceReadiness(stop, "database", "broker")
    app = Starlette()
    add_health_routes(app, readiness.checks)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve_http(app, settings, stop))
        async with connect_servers(settings, readiness) as (pool, broker):
            aggregator = Aggregator(pool, broker, Outbox(pool, broker), result_batch=settings.result_batch)
            await aggregator.run(stop)


if __name__ == "__main__":
    run_service("aggregator", AggregatorSettings, main)
