"""The one consumer loop: parse, handle, acknowledge after the effect.

What does not parse, or fails for a reason that will not pass, is set aside with its reason; what fails because a part
is unavailable is tried again with backoff.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aio_pika.abc import AbstractIncomingMessage
from prometheus_client import Counter
from pydantic import ValidationError
from tenacity import AsyncRetrying, retry_if_exception, wait_random_exponential

from shared.broker.dead_letters import DeadLetterQueue
from shared.broker.errors import BROKER_ERRORS, broker_call, may_succeed_later
from shared.messages import Message
from shared.tracing.context import HEADER, read_traceparent, trace_field

log = structlog.get_logger()

ACKNOWLEDGE_TIMEOUT_S = 10.0

CONSUMED = Counter("arena_messages_consumed", "Messages handled and acknowledged", ["queue"])

Handler = Callable[[Sequence[Any]], Awaitable[None]]


class Consumer:
    """Deliveries of one queue. Each is acknowledged once: after its effect, or after it was set aside.

    While a part is unavailable without which they cannot be handled, `held_up` says so of the queue.
    """

    def __init__(
        self,
        queue: str,
        messages: Mapping[str, type[Message]],
        dead_letters: DeadLetterQueue,
        stop: asyncio.Event,
        held_up: dict[str, str],
    ) -> None:
        self.deliveries: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._queue = queue
        self._messages = messages
        self._dead_letters = dead_letters
        self._stop = stop
        self._held_up = held_up

    async def run(self, handle: Handler, batch: int, gap_s: float = 0.0) -> None:
        """Settle deliveries, up to `batch` at a time, until None is delivered or `stop` is set.

        A batch begins `gap_s` after the one before it, or later: what comes meanwhile is in it.
        """
        now = asyncio.get_running_loop().time
        earliest = now()
        while (first := await self.deliveries.get()) is not None and not self._stop.is_set():
            await asyncio.sleep(earliest - now())
            earliest = now() + gap_s
            deliveries = [first]
            while len(deliveries) < batch and not self.deliveries.empty():
                following = self.deliveries.get_nowait()
                if following is None:
                    self.deliveries.put_nowait(None)
                    break
                deliveries.append(following)
            try:
                read = [await self.parse(each) for each in deliveries]
                await self._settle(handle, [each for each in read if each is not None])
            except BROKER_ERRORS as error:
                # Unacknowledged, so the broker delivers them again when it is back.
                log.warning("the broker was lost during a delivery", queue=self._queue, error=repr(error))

    async def parse(self, delivery: AbstractIncomingMessage) -> tuple[AbstractIncomingMessage, Message] | None:
        """Read a delivery; None means that it cannot be read and was set aside."""
        kind = self._messages.get(delivery.routing_key or "")
        try:
            if kind is None:
                raise ValueError(f"expected one of the keys {sorted(self._messages)}, got {delivery.routing_key!r}")
            return delivery, kind.model_validate_json(delivery.body).following(_traceparent(delivery))
        except (ValidationError, ValueError) as error:
            await self._dead_letters.put(self._queue, delivery, f"cannot be read: {error}")
            await _acknowledge(delivery)
            return None

    async def settle(
        self, delivery: AbstractIncomingMessage, handle: Callable[[], Awaitable[None]], release: Callable[[], None]
    ) -> None:
        """Handle one delivery; what it took is released before the acknowledgement, which lets the next one come."""
        try:
            await self._handle_with_retries(handle)
        except Exception as error:  # boundary: one bad message must not stop the consumer
            if may_succeed_later(error):
                return  # only when stopping: the message goes back to the queue
            log.exception("message cannot be handled", queue=self._queue, **trace_field(_traceparent(delivery)))
            await self._dead_letters.put(self._queue, delivery, f"cannot be handled: {error!r}")
        finally:
            release()
        await _acknowledge(delivery)
        CONSUMED.labels(self._queue).inc()

    async def _settle(self, handle: Handler, batch: list[tuple[AbstractIncomingMessage, Message]]) -> None:
        if not batch:
            return
        try:
            await self._handle_with_retries(lambda: handle([message for _, message in batch]))
        except Exception as error:  # boundary: one bad message must not stop the consumer
            if may_succeed_later(error):
                return  # only when stopping: the messages go back to the queue
            if len(batch) > 1:
                for each in batch:
                    await self._settle(handle, [each])
                return
            log.exception("message cannot be handled", queue=self._queue, **trace_field(_traceparent(batch[0][0])))
            await self._dead_letters.put(self._queue, batch[0][0], f"cannot be handled: {error!r}")
        await _acknowledge(batch[-1][0], multiple=True)  # deliveries are settled in order: it covers all of them
        CONSUMED.labels(self._queue).inc(len(batch))

    async def _handle_with_retries(self, handle: Callable[[], Awaitable[None]]) -> None:
        try:
            await handle()
        except Exception as error:
            if not may_succeed_later(error):
                raise
            log.warning("a part is unavailable; trying again", queue=self._queue, error=repr(error))
            self._held_up[self._queue] = str(error) or repr(error)
        else:
            return
        try:
            await self._retry(handle)
        finally:
            self._held_up.pop(self._queue, None)

    async def _retry(self, handle: Callable[[], Awaitable[None]]) -> None:
        async for attempt in AsyncRetrying(
            stop=lambda _: self._stop.is_set(),
            wait=wait_random_exponential(multiplier=0.1, max=5),
            retry=retry_if_exception(may_succeed_later),
            reraise=True,
        ):
            with attempt:
                await handle()


def _traceparent(delivery: AbstractIncomingMessage) -> str | None:
    return read_traceparent(delivery.headers.get(HEADER))


async def _acknowledge(delivery: AbstractIncomingMessage, *, multiple: bool = False) -> None:
    """Acknowledge a delivery, and with `multiple` all before it.

    It has no answer, and nobody waits until it is sent, so that it is sent together with others.
    """
    async with broker_call(ACKNOWLEDGE_TIMEOUT_S):
        await delivery.channel.basic_ack(delivery.delivery_tag or 0, multiple=multiple, wait=False)
