"""A service's connection to the broker: publish, consume a work queue, listen to announcements."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

import structlog
from aio_pika.abc import AbstractExchange, AbstractRobustChannel, AbstractRobustConnection, AbstractRobustQueue
from aio_pika.connection import make_url
from aio_pika.exceptions import PublishError
from pydantic import SecretStr

from shared.broker.consumer import Consumer, Handler
from shared.broker.dead_letters import DeadLetterQueue
from shared.broker.errors import BROKER_ERRORS, BrokerUnavailable, broker_call
from shared.broker.publishing import PUBLISH_TIMEOUT_S, RawMessage, publish
from shared.broker.queue_counter import QueueCounter
from shared.broker.queue_reader import QueueReader, declare_work_queue
from shared.broker.reconnecting import ReconnectingConnection
from shared.broker.topology import EXCHANGE, WorkQueue
from shared.connecting.backoff import connect_with_backoff
from shared.connecting.readiness import ServiceReadiness
from shared.connecting.server import Server
from shared.connecting.tls import NO_TLS, TlsFiles
from shared.events import wait_for_any
from shared.messages import Message
from shared.tracing.context import current_traceparent

log = structlog.get_logger()
AMQP_PORT, AMQPS_PORT = 5672, 5671
CONNECT_TIMEOUT_S = 10.0
RECONNECT_INTERVAL_S = 1.0
ANNOUNCEMENTS_PREFETCHED = 100
BLOCKED_AFTER_S = 0.05
"""A connection that the broker does not hold up says so at once."""
REFUSED_FOR_S = 30.0
"""How long a message that was not confirmed says something about the next one."""


class Broker:
    """One robust connection: it restores its channels, queues and consumers by itself when the broker comes back."""

    def __init__(
        self,
        server: Server,
        connection: AbstractRobustConnection,
        channel: AbstractRobustChannel,
        exchange: AbstractExchange,
    ) -> None:
        self._server = server
        self._connection = connection
        self._channel = channel
        self._exchange = exchange
        self._declared: set[str] = set()
        self._counter = QueueCounter(connection)
        self._refused: tuple[float, str] | None = None
        self._held_up: dict[str, str] = {}
        self.dead_letters = DeadLetterQueue(connection, channel)

    async def publish(self, messages: Iterable[Message]) -> None:
        """Publish persistently and wait for every confirm; raises BrokerUnavailable when one does not come.

        A message that follows from nothing follows from the work in hand.
        """
        current = current_traceparent()
        await self.publish_raw(
            [
                RawMessage(each.routing_key, each.model_dump_json().encode(), each.traceparent or current)
                for each in messages
            ]
        )

    async def publish_raw(self, messages: Sequence[RawMessage]) -> None:
        """Publish messages whose bodies are written already, as `publish` does."""
        if not messages:
            return
        try:
            async with broker_call(PUBLISH_TIMEOUT_S):
                await publish(self._channel, EXCHANGE, messages)
            self._refused = None
        except PublishError:
            raise
        except BROKER_ERRORS as error:
            self._refused = asyncio.get_running_loop().time(), repr(error)
            raise BrokerUnavailable(f"no confirm from the broker: {error!r}") from error

    async def retry_dead_letter(self, letter_id: str, limit: int) -> bool:
        """Send a message that was set aside once more to where it was to go; False if it is not among the oldest."""
        return await self.dead_letters.retry(letter_id, limit, self.publish_raw)

    async def count_waiting(self, work: WorkQueue) -> int:
        """Return how many messages wait in a queue, not counting those delivered and unacknowledged."""
        try:
            async with broker_call(PUBLISH_TIMEOUT_S):
                return await self._counter.count(work)
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot look at queue {work.name}: {error!r}") from error

    async def declare(self, queues: Iterable[WorkQueue]) -> None:
        """See to it that these queues are there, now and whenever the broker comes back."""
        try:
            async with broker_call(PUBLISH_TIMEOUT_S):
                for each in queues:
                    if each.name not in self._declared:
                        await declare_work_queue(self._channel, each)
                        self._declared.add(each.name)
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot declare queues: {error!r}") from error

    async def open_reader(self, work: WorkQueue) -> QueueReader:
        """Return a reader of a queue, on a channel of its own; close it at the end."""
        try:
            channel = await self._open_channel(prefetch=1)
            async with broker_call(CONNECT_TIMEOUT_S):
                queue = await declare_work_queue(channel, work)
        except BROKER_ERRORS as error:
            raise BrokerUnavailable(f"cannot read queue {work.name}: {error!r}") from error
        return QueueReader(work, channel, queue, self.dead_letters, self._held_up)

    async def consume(
        self,
        work: WorkQueue,
        handle: Handler,
        stop: asyncio.Event,
        *,
        prefetch: int,
        batch: int = 1,
        gap_s: float = 0.0,
    ) -> None:
        """Hand messages of a queue to `handle` until `stop`, in batches of what is there, up to `batch` at a time.

        `gap_s` lies between the beginnings of two batches, so that each has more of what is coming.

        After `stop`, batches in hand are finished and everything else goes back to the queue.
        """

        async def declare(channel: AbstractRobustChannel) -> AbstractRobustQueue:
            return await declare_work_queue(channel, work)

        await self._consume(work, declare, handle, stop, prefetch, batch, gap_s)

    async def listen(
        self, name: str, messages: tuple[type[Message], ...], handle: Handler, stop: asyncio.Event
    ) -> None:
        """Hand announcements to `handle`, from a queue of this process alone that ends with its connection."""

        async def declare(channel: AbstractRobustChannel) -> AbstractRobustQueue:
            queue = await channel.declare_queue(name, exclusive=True, auto_delete=True)
            for message in messages:
                await queue.bind(self._exchange, message.key)
            return queue

        prefetch = batch = ANNOUNCEMENTS_PREFETCHED
        await self._consume(WorkQueue(name, messages), declare, handle, stop, prefetch, batch)

    async def _consume(
        self,
        work: WorkQueue,
        declare: Callable[[AbstractRobustChannel], Awaitable[AbstractRobustQueue]],
        handle: Handler,
        stop: asyncio.Event,
        prefetch: int,
        batch: int,
        gap_s: float = 0.0,
    ) -> None:
        consumer = Consumer(work.name, work.keys, self.dead_letters, stop, self._held_up)
        subscribed = await self._subscribe(consumer, declare, stop, prefetch)
        if subscribed is None:
            return
        channel, queue, tag = subscribed
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(consumer.run(handle, batch, gap_s))
            await stop.wait()
            consumer.deliveries.put_nowait(None)
        # Closing the channel gives every unacknowledged delivery back to the queue.
        try:
            async with broker_call(CONNECT_TIMEOUT_S):
                await queue.cancel(tag)
                await channel.close()
        except BROKER_ERRORS as error:
            log.warning("cannot close the channel; the broker will notice", queue=work.name, error=repr(error))

    async def _subscribe(
        self,
        consumer: Consumer,
        declare: Callable[[AbstractRobustChannel], Awaitable[AbstractRobustQueue]],
        stop: asyncio.Event,
        prefetch: int,
    ) -> tuple[AbstractRobustChannel, AbstractRobustQueue, str] | None:
        """Read a queue on a channel of its own, again while the broker is too busy to answer; None at `stop`.

        When hundreds of runners start at once, a small broker is, and one whose disk is full does not answer in good
        order. A refusal is raised.
        """
        while not stop.is_set():
            try:
                channel = await self._open_channel(prefetch)
                try:
                    async with broker_call(CONNECT_TIMEOUT_S):
                        queue = await declare(channel)
                        return channel, queue, await queue.consume(consumer.deliveries.put)
                except BROKER_ERRORS:
                    await _abandon(channel)
                    raise
            except (TimeoutError, ConnectionError, RuntimeError) as error:
                log.warning("the broker does not answer; trying again", error=repr(error))
                await wait_for_any(stop, timeout_s=RECONNECT_INTERVAL_S)
        return None

    async def _open_channel(self, prefetch: int) -> AbstractRobustChannel:
        channel = self._connection.channel()
        try:
            async with broker_call(CONNECT_TIMEOUT_S):
                await channel.initialize(timeout=CONNECT_TIMEOUT_S)
                await channel.set_qos(prefetch_count=prefetch)
        except BROKER_ERRORS:
            await _abandon(channel)
            raise
        return channel

    async def check(self) -> str | None:
        """Return why no messages pass now, or None."""
        if not self._connection.connected.is_set() or self._channel.is_closed:
            return f"{self._server} is unavailable; reconnecting"
        if await self._is_blocked():
            return (
                f"{self._server} takes no messages, because it is short of disk or memory; it goes on when it has some"
            )
        now = asyncio.get_running_loop().time()
        if self._refused is not None and now - self._refused[0] < REFUSED_FOR_S:
            return f"{self._server} does not confirm messages: {self._refused[1]}"
        return "; ".join(f"messages of {queue} wait: {reason}" for queue, reason in self._held_up.items()) or None

    async def _is_blocked(self) -> bool:
        """Return whether the broker has said that it reads nothing from this connection."""
        if self._connection.transport is None:
            return False
        try:
            async with asyncio.timeout(BLOCKED_AFTER_S):
                await self._connection.transport.connection.ready()
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def connect_broker(
    url: SecretStr, tls: TlsFiles = NO_TLS, readiness: ServiceReadiness | None = None
) -> AsyncIterator[Broker]:
    """Connect, waiting with backoff for the broker to be there with its exchanges; close at the end.

    With amqps:// the server's certificate and host name are verified. Raises StoppedBeforeStart.
    """
    is_encrypted = url.get_secret_value().startswith("amqps://")
    server = Server("broker", url, AMQPS_PORT if is_encrypted else AMQP_PORT)
    readiness = readiness or ServiceReadiness(asyncio.Event())
    connection, broker = await connect_with_backoff(
        server.name, lambda: _open(server, tls if is_encrypted else None), _may_come, server.explain, readiness
    )
    readiness.checks[server.name] = broker.check
    try:
        async with connection.watched():
            yield broker
    finally:
        await connection.close()


async def _abandon(channel: AbstractRobustChannel) -> None:
    """Close a channel that did not come to work, or the connection would restore it for ever."""
    with contextlib.suppress(*BROKER_ERRORS):
        async with broker_call(CONNECT_TIMEOUT_S):
            await channel.close()


def _may_come(error: BaseException) -> bool:
    return isinstance(error, (*BROKER_ERRORS, OSError))  # a file of TLS that cannot be read is an OSError


async def _open(server: Server, tls: TlsFiles | None) -> tuple[ReconnectingConnection, Broker]:
    # Not by `connect_robust`: what that leaves behind when it is cancelled connects again for ever.
    connection = ReconnectingConnection(
        make_url(server.url.get_secret_value(), reconnect_interval=RECONNECT_INTERVAL_S),
        ssl_context=None if tls is None else tls.make_context(),
    )
    try:
        async with broker_call(CONNECT_TIMEOUT_S):
            await connection.connect(timeout=CONNECT_TIMEOUT_S)
        async with broker_call(CONNECT_TIMEOUT_S):
            channel = connection.channel()
            await channel.initialize(timeout=CONNECT_TIMEOUT_S)
            # Passive: what is durable is the broker's own, see shared/broker/definitions.py.
            exchange = await channel.declare_exchange(EXCHANGE, passive=True)
    except BaseException:
        await connection.close()
        raise
    return connection, Broker(server, connection, channel, exchange)
