"""Messages that could not be handled: set aside with a reason, shown to the organizer, sent once more on request."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel, AbstractRobustConnection
from prometheus_client import Counter

from shared.broker.errors import BROKER_ERRORS, BrokerUnavailable, broker_call
from shared.broker.publishing import PUBLISH_TIMEOUT_S, RawMessage, publish
from shared.broker.topology import DEAD, DEAD_EXCHANGE
from shared.tracing.context import HEADER, read_traceparent, trace_field

log = structlog.get_logger()
REASON_LIMIT = 2000

DEAD_LETTERED = Counter("arena_messages_dead_lettered", "Messages set aside for the organizer", ["queue"])

Publish = Callable[[Sequence[RawMessage]], Awaitable[None]]


@dataclass(frozen=True)
class SetAsideMessage:
    """A message that was set aside: from which queue, why, its routing key, and the start of its body."""

    id: str
    queue: str | None
    reason: str | None
    key: str | None
    body: str


class DeadLetterQueue:
    """The queue of messages that were set aside. Nothing consumes it; a message leaves it only to be tried again.

    Who reads the queue has its messages until the channel closes, so its readers take turns.
    """

    def __init__(self, connection: AbstractRobustConnection, channel: AbstractRobustChannel) -> None:
        self._connection = connection
        self._channel = channel
        self._reading = asyncio.Lock()

    async def put(self, queue: str, message: AbstractIncomingMessage, reason: str) -> None:
        """Set a message of `queue` aside with the reason."""
        headers = {"x-arena-reason": reason[:REASON_LIMIT], "x-arena-queue": queue}
        async with broker_call(PUBLISH_TIMEOUT_S):
            await publish(self._channel, DEAD_EXCHANGE, [_raw(message)], **headers)
        DEAD_LETTERED.labels(queue).inc()
        log.error(
            "message dead-lettered",
            queue=queue,
            key=message.routing_key,
            reason=reason[:REASON_LIMIT],
            **trace_field(_raw(message).traceparent),
        )

    async def peek(self, limit: int) -> list[SetAsideMessage]:
        """Return the oldest messages, and leave them where they are."""
        found: list[SetAsideMessage] = []
        try:
            async with broker_call(PUBLISH_TIMEOUT_S), self._reading, self._connection.channel() as channel:
                queue = await channel.get_queue(DEAD.name, ensure=False)
                while len(found) < limit and (message := await queue.get(fail=False)) is not None:
                    found.append(_describe(message))  # closing the channel gives them back
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot look at queue {DEAD.name}: {error!r}") from error
        return found

    async def count(self) -> int:
        """Return how many messages are set aside.

        The broker counts those in nobody's hands, and for a moment leaves out what a reader has just given back. To
        take one it waits for that.
        """
        try:
            async with broker_call(PUBLISH_TIMEOUT_S), self._reading, self._connection.channel() as channel:
                queue = await channel.get_queue(DEAD.name, ensure=False)
                if await queue.get(fail=False) is None:
                    return 0
                others = await channel.declare_queue(DEAD.name, passive=True)
                return 1 + (others.declaration_result.message_count or 0)
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot look at queue {DEAD.name}: {error!r}") from error

    async def retry(self, letter_id: str, limit: int, publish_again: Publish) -> bool:
        """Send one message to its queue once more.

        Returns False if it is not among the oldest. It is published first and removed after the confirm, so it may come
        twice and is never lost.
        """
        try:
            async with broker_call(PUBLISH_TIMEOUT_S), self._reading, self._connection.channel() as channel:
                queue = await channel.get_queue(DEAD.name, ensure=False)
                for _ in range(limit):
                    message = await queue.get(fail=False)
                    if message is None:
                        return False
                    if _letter_id(message) == letter_id:
                        await publish_again([_raw(message)])
                        await message.ack()
                        return True
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot take from queue {DEAD.name}: {error!r}") from error
        return False


def _raw(message: AbstractIncomingMessage) -> RawMessage:
    return RawMessage(message.routing_key or "", message.body, read_traceparent(message.headers.get(HEADER)))


def _letter_id(message: AbstractIncomingMessage) -> str:
    return hashlib.sha256(f"{message.routing_key}\0".encode() + message.body).hexdigest()[:32]


def _describe(message: AbstractIncomingMessage) -> SetAsideMessage:
    queue, reason = message.headers.get("x-arena-queue"), message.headers.get("x-arena-reason")
    return SetAsideMessage(
        id=_letter_id(message),
        queue=None if queue is None else str(queue),
        reason=None if reason is None else str(reason),
        key=message.routing_key,
        body=message.body.decode(errors="replace")[:REASON_LIMIT],
    )
