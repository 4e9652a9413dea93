"""`python -m services.aggregator`: wires the aggregator to the broker and the database, and runs it until a signal."""

import asyncio

from fastapi import FastAPI

from services.aggregator.service import Aggregator
from services.aggregator.settings import AggregatorSettings
from shared.broker.connection import connect_broker
from shared.database import connect_database, database_check
from shared.outbox import Outbox
from shared.process import run_service, serve_http
from shared.telemetry import add_health_routes


async def main(settings: AggregatorSettings, stop: asyncio.Event) -> None:
    """Run the aggregator."""
    async with (
        await connect_database(settings.database_url, stop=stop) as pool,
        connect_broker(settings.broker_url, stop=stop) as broker,
    ):
        app = FastAPI(title="Arena aggregator")
        add_health_routes(app, {"database": database_check(pool), "broker": broker.check()})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_http(app, settings, stop))
            aggregator = Aggregator(pool, broker, Outbox(pool, broker), result_batch=settings.result_batch)
            tasks.create_task(aggregator.run(stop))


if __name__ == "__main__":
    run_service("aggregator", AggregatorSettings, main)
