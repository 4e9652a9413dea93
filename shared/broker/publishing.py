"""How every message is sent: persistent, and confirmed by the broker."""

from typing import Any, NamedTuple, cast

import aiormq
from aio_pika import DeliveryMode
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelInvalidStateError
from prometheus_client import Counter

from shared.tracing.context import HEADER

PUBLISH_TIMEOUT_S = 10.0

PUBLISHED = Counter("arena_messages_published", "Messages confirmed by the broker", ["key"])


class RawMessage(NamedTuple):
    """A message as it crosses: its routing key and body, and in its header the traceparent that it follows from."""

    key: str
    body: bytes
    traceparent: str | None = None


async def publish(
    channel: AbstractChannel, exchange: str, message: RawMessage, headers: dict[str, Any] | None = None
) -> None:
    """Publish one message and wait for the broker's confirm.

    aio-pika's own way holds the channel until a message is sent, so that each is a write to the network of its own.
    """
    if channel.is_closed:
        raise ChannelInvalidStateError(f"{channel} is closed")
    traced = {} if message.traceparent is None else {HEADER: message.traceparent}
    properties = aiormq.spec.Basic.Properties(
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
        headers=traced | (headers or {}),
    )
    sender = cast("aiormq.Channel", await channel.get_underlay_channel())  # the interface lacks `wait`
    # An announcement has no queue while nobody listens; work always has one, see the topology.
    await sender.basic_publish(
        message.body,
        exchange=exchange,
        routing_key=message.key,
        properties=properties,
        mandatory=False,
        wait=False,
    )
    PUBLISHED.labels(message.key).inc()
