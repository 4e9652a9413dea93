"""How every message is sent: persistent, and confirmed by the broker."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import aiormq
import prometheus_client
from aio_pika import DeliveryMode
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelInvalidStateError
from aiormq import spec
from aiormq.abc import ChannelFrame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from shared.tracing.context import HEADER

PUBLISH_TIMEOUT_S = 10.0

PUBLISHED = prometheus_client.Counter("arena_messages_published", "Messages confirmed by the broker", ["key"])


class RawMessage(NamedTuple):
    """A message as it crosses: its routing key and body, and in its header the traceparent that it follows from."""

    key: str
    body: bytes
    traceparent: str | None = None


async def publish(channel: AbstractChannel, exchange: str, messages: Sequence[RawMessage], **headers: str) -> None:
    """Publish messages in one write to the network, and wait for the broker's confirm of each.

    aiormq publishes one at a time: it waits until a message is sent before it sends the next, which
    takes three times the processor time, and dispatcher and runner spend most of theirs on publishing.
    """
    sender = cast("aiormq.Channel", await channel.get_underlay_channel())
    payload = [frame for each in messages for frame in _frames(exchange, each, headers, sender.max_content_size)]
    async with sender.lock:  # held until all of them are in the queue, so that confirms are counted as they are sent
        if sender.is_closed:
            raise ChannelInvalidStateError(f"{sender} is closed")
        tags = range(sender.delivery_tag + 1, sender.delivery_tag + 1 + len(messages))
        confirms = [sender.create_future() for _ in tags]
        sender.confirmations.update(zip(tags, confirms, strict=True))
        try:
            await sender.write_queue.put(ChannelFrame.marshall(sender.number, payload))
        except BaseException:  # the broker has seen none of them
            for tag in tags:
                sender.confirmations.pop(tag).cancel()
            raise
        sender.delivery_tag = tags.stop - 1
    await asyncio.gather(*confirms)
    for key, number in Counter(each.key for each in messages).items():
        PUBLISHED.labels(key).inc(number)


def _frames(exchange: str, message: RawMessage, headers: Mapping[str, str], most_bytes: int) -> Iterator[Any]:
    traced = {} if message.traceparent is None else {HEADER: message.traceparent}
    properties = spec.Basic.Properties(
        content_type="application/json", delivery_mode=DeliveryMode.PERSISTENT, headers={**traced, **headers}
    )
    # An announcement has no queue while nobody listens; work always has one, see the topology.
    yield spec.Basic.Publish(exchange=exchange, routing_key=message.key, mandatory=False)
    yield ContentHeader(properties=properties, body_size=len(message.body))
    for start in range(0, len(message.body), most_bytes):
        yield ContentBody(message.body[start : start + most_bytes])
