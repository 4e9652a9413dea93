"""`python -m services.gateway`: connects the gateway to its stores and runs it until a signal."""

import asyncio

from services.gateway.accounts.given_tokens import put_given_tokens
from services.gateway.app import create_app
from services.gateway.dependencies import make_dependencies
from services.gateway.settings import GatewaySettings
from shared.broker.connection import connect_broker
from shared.database import connect_database
from shared.process import run_service, serve_http


async def main(settings: GatewaySettings, stop: asyncio.Event) -> None:
    """Run the gateway."""
    async with (
        await connect_database(settings.database_url, size=20, stop=stop) as pool,
        connect_broker(settings.broker_url, stop=stop) as broker,
    ):
        await put_given_tokens(pool, settings)
        dependencies = make_dependencies(pool, broker, settings)
        app = create_app(dependencies)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_http(app, settings, stop, trusted_proxies=settings.trusted_proxies))
            tasks.create_task(dependencies.change_notifier.run(stop))
            tasks.create_task(dependencies.feeds.run(stop))
            tasks.create_task(dependencies.outbox.run_relay(stop))


if __name__ == "__main__":
    run_service("gateway", GatewaySettings, main)
