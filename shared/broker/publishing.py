"""How every message is sent: persistent, and confirmed by the broker."""

from typing import Any, NamedTuple

import aio_pika
from aio_pika.abc import AbstractExchange
from prometheus_client import Counter

from shared.tracing.context import HEADER

PUBLISH_TIMEOUT_S = 10.0

PUBLISHED = Counter("arena_messages_published", "Messages confirmed by the broker", ["key"])


class RawMessage(NamedTuple):
    """A message as it crosses: its routing key and body, and in its header the traceparent that it follows from."""

    key: str
    body: bytes
    traceparent: str | None = None


async def publish(exchange: AbstractExchange, message: RawMessage, headers: dict[str, Any] | None = None) -> None:
    """Publish one message and wait for the broker's confirm."""
    traced = {} if message.traceparent is None else {HEADER: message.traceparent}
    sent = aio_pika.Message(
        message.body,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=traced | (headers or {}),
    )
    # An announcement has no queue while nobody listens; work always has one, see the topology.
    await exchange.publish(sent, message.key, mandatory=False)
    PUBLISHED.labels(message.key).inc()
