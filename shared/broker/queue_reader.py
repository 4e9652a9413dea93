"""A queue of work whose reader decides when the next message may come."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel, AbstractRobustQueue

from shared.broker.consumer import Consumer
from shared.broker.dead_letters import DeadLetterQueue
from shared.broker.errors import BROKER_ERRORS, BrokerUnavailable, broker_call
from shared.broker.topology import EXCHANGE, WorkQueue, queue_arguments
from shared.messages import Message

log = structlog.get_logger()

READ_TIMEOUT_S = 10.0

Delivery = AbstractIncomingMessage


async def declare_work_queue(channel: AbstractRobustChannel, work: WorkQueue) -> AbstractRobustQueue:
    """Return a queue that the broker has by itself, or see to it that the queue of a class of shards is there."""
    if not work.part:
        return await channel.declare_queue(work.name, passive=True)
    queue = await channel.declare_queue(work.name, durable=True, arguments=queue_arguments(work))
    for key in work.keys:
        await queue.bind(EXCHANGE, key)
    return queue


class QueueReader:
    """The broker pushes messages while this is subscribed; else they are taken one by one.

    Whoever gets a delivery settles it, skips it or gives it back, once. What is none of these when the reader is closed
    goes back to the queue.
    """

    def __init__(
        self,
        work: WorkQueue,
        channel: AbstractRobustChannel,
        queue: AbstractRobustQueue,
        dead_letters: DeadLetterQueue,
        held_up: dict[str, str],
    ) -> None:
        self._work = work
        self._channel = channel
        self._queue = queue
        self._stop = asyncio.Event()
        self._consumer = Consumer(work.name, work.keys, dead_letters, self._stop, held_up)
        self._tag: str | None = None
        self._prefetch = 0

    async def subscribe(self, take: Callable[[Delivery], Awaitable[None]], prefetch: int) -> None:
        """Let the broker push messages, up to `prefetch` that are not settled yet. Raises `BrokerUnavailable`."""
        if self._tag is not None and self._prefetch == prefetch:
            return
        await self.unsubscribe()
        try:
            async with broker_call(READ_TIMEOUT_S):
                await self._channel.set_qos(prefetch_count=prefetch)
                self._tag, self._prefetch = await self._queue.consume(take), prefetch
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot read queue {self._work.name}: {error!r}") from error

    async def unsubscribe(self) -> None:
        """Let nothing more be pushed. What the broker has sent until it hears of it still comes."""
        tag, self._tag = self._tag, None
        if tag is None:
            return
        try:
            async with broker_call(READ_TIMEOUT_S):
                await self._queue.cancel(tag)
        except BROKER_ERRORS as error:
            log.warning("cannot unsubscribe; the broker was lost", queue=self._work.name, error=repr(error))

    async def take(self) -> Delivery | None:
        """Return the next message, or None when there is none. Raises `BrokerUnavailable`."""
        try:
            async with broker_call(READ_TIMEOUT_S):
                return await self._queue.get(fail=False)
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot read queue {self._work.name}: {error!r}") from error

    async def count_waiting(self) -> int:
        """Return how many messages wait. Raises `BrokerUnavailable`."""
        try:
            async with broker_call(READ_TIMEOUT_S):
                return (await self._queue.declare()).message_count or 0
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot look at queue {self._work.name}: {error!r}") from error

    async def parse(self, delivery: Delivery) -> Message | None:
        """Return what was delivered; None means that it cannot be read and was set aside."""
        parsed = await self._consumer.parse(delivery)
        return None if parsed is None else parsed[1]

    async def settle(
        self, delivery: Delivery, handle: Callable[[], Awaitable[None]], release: Callable[[], None]
    ) -> None:
        """Handle a delivery, release what that took, and acknowledge it."""
        try:
            await self._consumer.settle(delivery, handle, release)
        except BROKER_ERRORS as error:
            log.warning("the broker was lost during a delivery", queue=self._work.name, error=repr(error))

    async def skip(self, delivery: Delivery) -> None:
        """Acknowledge a delivery of which nothing is left to do."""
        await self._tell(delivery.ack())

    async def give_back(self, delivery: Delivery) -> None:
        """Let somebody else have it, or this reader later."""
        await self._tell(delivery.nack(requeue=True))

    async def close(self) -> None:
        """Stop reading; whatever was not settled goes back to the queue."""
        self._stop.set()
        try:
            async with broker_call(READ_TIMEOUT_S):
                await self._channel.close()
        except BROKER_ERRORS as error:
            log.warning("cannot close the channel; the broker will notice", queue=self._work.name, error=repr(error))

    async def _tell(self, telling: Awaitable[object]) -> None:
        try:
            async with broker_call(READ_TIMEOUT_S):
                await telling
        except BROKER_ERRORS as error:  # unsettled, so the broker delivers it again when it is back
            log.warning("the broker was lost during a delivery", queue=self._work.name, error=repr(error))
