"""RabbitMQ: the exchange, the queues, publishing with confirms, and the one consumer loop of all services.

The loop parses, hands over, and acknowledges after the effect. What does not parse, or fails for a reason that will not
pass, goes to the `dead` queue with its reason; what fails because a part is away is tried again with backoff.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
    AbstractRobustQueue,
)
from aio_pika.exceptions import AMQPException, PublishError
from prometheus_client import Counter
from pydantic import ValidationError
from tenacity import AsyncRetrying, retry_if_exception, stop_never, wait_random_exponential

from shared.database import is_transient
from shared.messages import (
    Message,
    RunnerHeartbeat,
    ShardReleased,
    ShardsFinished,
    ShardUnfinished,
    StudyFatal,
    StudyFinished,
    SubmissionAccepted,
    SubmissionEnded,
)
from shared.settings import Settings
from shared.telemetry import Check

log = structlog.get_logger()

EXCHANGE = "arena"
DEAD_EXCHANGE = DEAD_QUEUE = "arena.dead"
CONNECT_TIMEOUT_S = 10.0
PUBLISH_TIMEOUT_S = 10.0
RECONNECT_INTERVAL_S = 1.0
REASON_LIMIT = 2000
CONSUMER_TIMEOUT_MS = 14 * 24 * 3600 * 1000
"""A shard is acknowledged when its studies are done, which may take longer than the broker's default of 30 minutes."""

PUBLISHED = Counter("arena_messages_published", "Messages confirmed by the broker", ["key"])
CONSUMED = Counter("arena_messages_consumed", "Messages handled and acknowledged", ["queue"])
DEAD_LETTERED = Counter("arena_messages_dead_lettered", "Messages set aside for the organizer", ["queue"])

BROKER_ERRORS = (AMQPException, ConnectionError, TimeoutError, RuntimeError)
"""What aio-pika raises while the broker is away; its channels raise RuntimeError when closed."""


class BrokerUnavailable(Exception):
    """The broker did not confirm; the message may or may not have been taken. Try again later."""


@dataclass(frozen=True)
class Work:
    """A durable quorum queue: which messages reach it, by their routing keys."""

    queue: str
    messages: tuple[type[Message], ...]


SUBMISSIONS = Work("arena.submissions", (SubmissionAccepted, SubmissionEnded))
SHARDS = Work("arena.shards", (ShardReleased,))
RESULTS = Work("arena.results", (StudyFinished, StudyFatal))
DISPATCH = Work("arena.dispatch", (ShardUnfinished, ShardsFinished, RunnerHeartbeat))
DEAD = Work(DEAD_QUEUE, ())
"""Messages set aside; read by the organizer, consumed by nobody."""
ALL_WORK = (SUBMISSIONS, SHARDS, RESULTS, DISPATCH)

Handler = Callable[[Sequence[Any]], Awaitable[None]]


class Broker:
    """One robust connection: it restores its channels, queues and consumers by itself when the broker comes back."""

    def __init__(self, connection: AbstractRobustConnection, channel: AbstractRobustChannel) -> None:
        self._connection = connection
        self._channel = channel
        self._exchange: AbstractExchange

    async def declare(self) -> None:
        """Declare everything durable; the same by every service, so that they start in any order."""
        self._exchange = await self._channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
        dead = await self._channel.declare_exchange(DEAD_EXCHANGE, aio_pika.ExchangeType.FANOUT, durable=True)
        dead_queue = await self._channel.declare_queue(
            DEAD_QUEUE, durable=True, arguments={"x-queue-type": "quorum", "x-consumer-timeout": CONSUMER_TIMEOUT_MS}
        )
        await dead_queue.bind(dead)
        for work in ALL_WORK:
            queue = await self._declare_work(self._channel, work)
            for message in work.messages:
                await queue.bind(self._exchange, message.key)

    @staticmethod
    async def _declare_work(channel: AbstractRobustChannel, work: Work) -> AbstractRobustQueue:
        return await channel.declare_queue(
            work.queue,
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-dead-letter-exchange": DEAD_EXCHANGE,
                "x-consumer-timeout": CONSUMER_TIMEOUT_MS,
            },
        )

    async def publish(self, messages: Iterable[Message]) -> None:
        """Publish persistently and wait for every confirm; raises BrokerUnavailable when one does not come."""
        await self.publish_raw([(message.key, message.model_dump_json().encode()) for message in messages])

    async def publish_raw(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish (routing key, body) pairs as `publish` does."""
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await asyncio.gather(*(self._publish(self._exchange, key, body) for key, body in messages))
        except PublishError:
            raise
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"no confirm from the broker: {error!r}") from error

    async def _publish(
        self, exchange: AbstractExchange, key: str, body: bytes, headers: dict[str, Any] | None = None
    ) -> None:
        message = aio_pika.Message(
            body,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            headers=headers,
        )
        # Announcements have no queue while nobody listens; work always has one, declared above.
        await exchange.publish(message, key, mandatory=False)
        PUBLISHED.labels(key).inc()

    async def dead_letter(self, queue: str, message: AbstractIncomingMessage, reason: str) -> None:
        """Set a message aside with the reason, for the organizer."""
        exchange = await self._channel.get_exchange(DEAD_EXCHANGE, ensure=False)
        headers = {"x-arena-reason": reason[:REASON_LIMIT], "x-arena-queue": queue}
        async with asyncio.timeout(PUBLISH_TIMEOUT_S):
            await self._publish(exchange, message.routing_key or "", message.body, headers)
        DEAD_LETTERED.labels(queue).inc()
        log.error("message dead-lettered", queue=queue, key=message.routing_key, reason=reason[:REASON_LIMIT])

    async def peek_dead_letters(self, limit: int) -> list[dict[str, Any]]:
        """Return the oldest messages that were set aside, and leave them there."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S), self._connection.channel() as channel:
                queue = await channel.get_queue(DEAD_QUEUE, ensure=False)
                while len(found) < limit and (message := await queue.get(fail=False)) is not None:
                    found.append(_describe(message))  # closing the channel gives them back
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot look at queue {DEAD_QUEUE}: {error!r}") from error
        return found

    async def retry_dead_letter(self, letter_id: str, limit: int) -> bool:
        """Send a message that was set aside once more to where it was to go; False if it is not among the oldest.

        It is published first and taken away after the confirm, so it may come twice and is never lost.
        """
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S), self._connection.channel() as channel:
                queue = await channel.get_queue(DEAD_QUEUE, ensure=False)
                for _ in range(limit):
                    message = await queue.get(fail=False)
                    if message is None:
                        return False
                    if _letter_id(message) == letter_id:
                        await self.publish_raw([(message.routing_key or "", message.body)])
                        await message.ack()
                        return True
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot take from queue {DEAD_QUEUE}: {error!r}") from error
        return False

    async def waiting(self, work: Work) -> int:
        """Return how many messages wait in a queue, not counting those delivered and unacknowledged."""
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S), self._connection.channel() as channel:
                queue = await channel.declare_queue(work.queue, passive=True)
                return queue.declaration_result.message_count or 0
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot look at queue {work.queue}: {error!r}") from error

    async def consume(
        self, work: Work, handle: Handler, stop: asyncio.Event, *, prefetch: int, batch: int = 1, workers: int = 1
    ) -> None:
        """Hand messages of a queue to `handle` until `stop`, in batches of what is there, up to `batch` at a time.

        After `stop`, batches in hand are finished and everything else goes back to the queue.
        """
        channel = await self._open_channel(prefetch)
        queue = await self._declare_work(channel, work)
        await self._run_consumer(channel, queue, work.queue, work.messages, handle, stop, batch, workers)

    async def listen(
        self, name: str, messages: tuple[type[Message], ...], handle: Handler, stop: asyncio.Event
    ) -> None:
        """Hand announcements to `handle`, from a queue of this process alone that ends with its connection."""
        channel = await self._open_channel(prefetch=100)
        queue = await channel.declare_queue(name, exclusive=True, auto_delete=True)
        for message in messages:
            await queue.bind(self._exchange, message.key)
        await self._run_consumer(channel, queue, name, messages, handle, stop, 100, 1)

    async def _open_channel(self, prefetch: int) -> AbstractRobustChannel:
        channel = self._connection.channel()
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await channel.initialize(timeout=CONNECT_TIMEOUT_S)
            await channel.set_qos(prefetch_count=prefetch)
        return channel

    async def _run_consumer(
        self,
        channel: AbstractRobustChannel,
        queue: AbstractRobustQueue,
        name: str,
        messages: tuple[type[Message], ...],
        handle: Handler,
        stop: asyncio.Event,
        batch: int,
        workers: int,
    ) -> None:
        kinds = {message.key: message for message in messages}
        consumer = _Consumer(self, name, kinds, handle, stop, alone=workers == 1)
        tag = await queue.consume(consumer.deliveries.put)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(workers):
                tasks.create_task(consumer.run(batch))
            await stop.wait()
            for _ in range(workers):
                consumer.deliveries.put_nowait(None)
        # Closing the channel gives every unacknowledged delivery back to the queue.
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await queue.cancel(tag)
                await channel.close()
        except BROKER_ERRORS as error:
            log.warning("cannot close the channel; the broker will notice", queue=name, error=repr(error))

    def check(self) -> Check:
        """Return the readiness check of the broker."""

        async def check() -> str | None:
            if self._connection.connected.is_set() and not self._channel.is_closed:
                return None
            return "the broker is away; reconnecting"

        return check


def _letter_id(message: AbstractIncomingMessage) -> str:
    return hashlib.sha256(f"{message.routing_key}\0".encode() + message.body).hexdigest()[:32]


def _describe(message: AbstractIncomingMessage) -> dict[str, Any]:
    return {
        "id": _letter_id(message),
        "queue": message.headers.get("x-arena-queue"),
        "reason": message.headers.get("x-arena-reason"),
        "key": message.routing_key,
        "body": message.body.decode(errors="replace")[:REASON_LIMIT],
    }


class _Consumer:
    """Deliveries of one queue. Each is acknowledged once: after its effect, or after it was set aside."""

    def __init__(
        self,
        broker: Broker,
        queue: str,
        messages: dict[str, type[Message]],
        handle: Handler,
        stop: asyncio.Event,
        *,
        alone: bool,
    ) -> None:
        self.deliveries: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._broker = broker
        self._queue = queue
        self._messages = messages
        self._handle = handle
        self._stop = stop
        self._alone = alone

    async def run(self, batch: int) -> None:
        while (first := await self.deliveries.get()) is not None and not self._stop.is_set():
            deliveries = [first]
            while len(deliveries) < batch and not self.deliveries.empty():
                following = self.deliveries.get_nowait()
                if following is None:
                    self.deliveries.put_nowait(None)
                    break
                deliveries.append(following)
            try:
                await self._settle([parsed for each in deliveries if (parsed := await self._parse(each)) is not None])
            except BROKER_ERRORS as error:
                # Unacknowledged, so the broker delivers them again when it is back.
                log.warning("the broker went away under a delivery", queue=self._queue, error=repr(error))

    async def _parse(self, delivery: AbstractIncomingMessage) -> tuple[AbstractIncomingMessage, Message] | None:
        kind = self._messages.get(delivery.routing_key or "")
        try:
            if kind is None:
                raise ValueError(f"expected one of the keys {sorted(self._messages)}, got {delivery.routing_key!r}")
            return delivery, kind.model_validate_json(delivery.body)
        except (ValidationError, ValueError) as error:
            await self._broker.dead_letter(self._queue, delivery, f"cannot be read: {error}")
            await delivery.ack()
            return None

    async def _settle(self, batch: list[tuple[AbstractIncomingMessage, Message]]) -> None:
        if not batch:
            return
        try:
            await self._handle_with_retries([message for _, message in batch])
        except Exception as error:  # boundary: one bad message must not stop the consumer
            if _will_pass(error):
                return  # only when stopping: the messages go back to the queue
            if len(batch) > 1:
                for each in batch:
                    await self._settle([each])
                return
            log.exception("message cannot be handled", queue=self._queue)
            await self._broker.dead_letter(self._queue, batch[0][0], f"cannot be handled: {error!r}")
        if self._alone:  # then deliveries are settled in their order, and one acknowledgement covers all up to it
            await batch[-1][0].ack(multiple=True)
        else:
            for delivery, _ in batch:
                await delivery.ack()
        CONSUMED.labels(self._queue).inc(len(batch))

    async def _handle_with_retries(self, messages: list[Message]) -> None:
        try:
            await self._handle(messages)
        except Exception as error:
            if not _will_pass(error):
                raise
            log.warning("a part is away; trying again", queue=self._queue, error=repr(error))
        else:
            return
        async for attempt in AsyncRetrying(
            stop=lambda _: self._stop.is_set(),
            wait=wait_random_exponential(multiplier=0.1, max=5),
            retry=retry_if_exception(_will_pass),
            reraise=True,
        ):
            with attempt:
                await self._handle(messages)


def _will_pass(error: BaseException) -> bool:
    return isinstance(error, BrokerUnavailable) or is_transient(error)


@asynccontextmanager
async def connect_broker(settings: Settings) -> AsyncIterator[Broker]:
    """Connect, waiting with backoff for the broker to be there; declare everything; close at the end."""
    async for attempt in AsyncRetrying(
        stop=stop_never,
        wait=wait_random_exponential(multiplier=0.2, max=5),
        retry=retry_if_exception(lambda error: isinstance(error, BROKER_ERRORS)),
    ):
        with attempt:
            try:
                connection = await aio_pika.connect_robust(
                    settings.broker_url.get_secret_value(),
                    timeout=CONNECT_TIMEOUT_S,
                    reconnect_interval=RECONNECT_INTERVAL_S,
                )
            except BROKER_ERRORS as error:
                log.warning("broker is away", error=repr(error))
                raise
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            channel = connection.channel()
            await channel.initialize(timeout=CONNECT_TIMEOUT_S)
            broker = Broker(connection, channel)
            await broker.declare()
        yield broker
    finally:
        await connection.close()
