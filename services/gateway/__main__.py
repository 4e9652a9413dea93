"""`python -m services.gateway`: connects the gateway to its stores and runs it until a signal."""

import asyncio

from services.gateway.accounts.given_tokens import put_given_tokens
from services.gateway.app import create_app
from services.gateway.dependencies import make_dependencies
from services.gateway.notices.email_relay import WaitingEmails
from services.gateway.notices.relay import run_relay
from services.gateway.notices.telling import run_telling
from services.gateway.settings import GatewaySettings
from services.gateway.starting import Entrance
from services.gateway.webhooks.delivery_relay import WaitingDeliveries
from services.gateway.webhooks.sending import WebhookSender
from shared.blobs import Blobs
from shared.broker.queue_lengths import measure_queues
from shared.broker.topology import DEAD
from shared.connecting.readiness import ServiceReadiness
from shared.connecting.servers import connect_servers
from shared.process import run_service, serve_http


async def main(settings: GatewaySettings, stop: asyncio.Event) -> None:
    """Run the gateway."""
    readiness = ServiceReadiness(stop, "database", "broker")
    readiness.checks["blob store"] = Blobs(settings.blob_url).check_room
    readiness.set_reason("gateway", "the gateway is starting")  # until it is open, whatever else is there
    entrance = Entrance(readiness)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve_http(entrance, settings, stop, trusted_proxies=settings.trusted_proxies))
        async with connect_servers(settings, readiness, pool_size=20) as (pool, broker):
            await put_given_tokens(pool, settings)
            dependencies = make_dependencies(pool, broker, settings)
            entrance.open(create_app(dependencies))
            async with asyncio.TaskGroup() as work:
                work.create_task(dependencies.change_notifier.run(broker, stop))
                work.create_task(dependencies.feeds.run(stop))
                work.create_task(dependencies.outbox.run_relay(stop))
                work.create_task(run_telling(pool, settings, stop))
                work.create_task(run_relay(WaitingEmails(pool, settings), stop))
                sender = WebhookSender(dependencies.targets)
                work.create_task(run_relay(WaitingDeliveries(pool, sender, settings), stop))
                work.create_task(measure_queues(broker, (DEAD,), stop))


if __name__ == "__main__":
    run_service("gateway", GatewaySettings, main)
