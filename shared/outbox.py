"""The transactional outbox: a message is committed with the change that it announces, and published afterwards."""

import asyncio
from collections.abc import Callable, Sequence
from importlib.resources import files

import structlog
from prometheus_client import Gauge

from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.publishing import RawMessage
from shared.database import Connection, Pool, is_transient, load_queries
from shared.events import wait_for_any
from shared.messages import Message
from shared.tracing.context import current_traceparent

log = structlog.get_logger()
queries = load_queries(files("shared") / "outbox.sql")
BATCH = 200
POLL_S = 2.0

AGE = Gauge("arena_outbox_age_seconds", "Age of the oldest message that was still in the outbox when it was last read")


class Outbox:
    """Any relay may publish any message; a message whose relay dies is published by another, perhaps twice."""

    def __init__(self, pool: Pool, broker: Broker, on_wake: Callable[[], None] = lambda: None) -> None:
        self._on_wake = on_wake
        self._pool = pool
        self._broker = broker
        self._look = asyncio.Event()

    async def put(self, connection: Connection, messages: Sequence[Message]) -> None:
        """Add messages within the caller's transaction; call `wake` after its commit."""
        if messages:
            await queries.put_outbox(
                connection,
                keys=[message.key for message in messages],
                bodies=[message.model_dump_json() for message in messages],
                traceparents=[message.traceparent or current_traceparent() for message in messages],
            )

    def wake(self) -> None:
        """Let the relay look now rather than at its next poll."""
        self._look.set()
        self._on_wake()

    async def run_relay(self, stop: asyncio.Event) -> None:
        """Publish what is in the outbox until `stop`."""
        while not stop.is_set():
            is_woken = self._look.is_set()
            self._look.clear()
            try:
                if is_woken or await queries.is_outbox_filled(self._pool):
                    while await self._relay_batch() == BATCH:
                        pass
                else:
                    AGE.set(0)
            except Exception as error:
                if not isinstance(error, BrokerUnavailable) and not is_transient(error):
                    raise
                log.warning("outbox waits for broker and database", error=repr(error))
            await wait_for_any(self._look, stop, timeout_s=POLL_S)

    async def _relay_batch(self) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            taken = sorted([tuple(row) async for row in queries.take_outbox(connection, batch=BATCH)])
            AGE.set(max((age_s for *_, age_s in taken), default=0))
            if taken:
                await self._broker.publish_raw(
                    [RawMessage(key, body.encode(), traceparent) for _, key, body, traceparent, _ in taken]
                )
            return len(taken)
