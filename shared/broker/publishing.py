"""How every message is sent: persistent, and confirmed by the broker."""

from typing import Any

import aio_pika
from aio_pika.abc import AbstractExchange
from prometheus_client import Counter

PUBLISH_TIMEOUT_S = 10.0

PUBLISHED = Counter("arena_messages_published", "Messages confirmed by the broker", ["key"])


async def publish(exchange: AbstractExchange, key: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
    """Publish one message and wait for the broker's confirm."""
    message = aio_pika.Message(
        body,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=headers,
    )
    # An announcement has no queue while nobody listens; work always has one, see the topology.
    await exchange.publish(message, key, mandatory=False)
    PUBLISHED.labels(key).inc()
