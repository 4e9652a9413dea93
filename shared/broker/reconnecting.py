"""A robust connection that starts anew when the broker takes a consumer or a channel away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aio_pika.exceptions import AMQPConnectionError
from aio_pika.robust_channel import RobustChannel
from aio_pika.robust_connection import RobustConnection

from shared.broker.errors import BROKER_ERRORS, broker_call

log = structlog.get_logger()

CLOSE_TIMEOUT_S = 5.0
RETRY_S = 1.0


class ReconnectingChannel(RobustChannel):
    """Says when it was closed and cannot be restored; aio-pika tries once, and then leaves it closed for ever."""

    async def _on_close(self, closing: "asyncio.Future[Any]") -> BaseException | None:
        try:
            return await super()._on_close(closing)
        except Exception:
            log.warning("a channel was closed and cannot be restored", channel=repr(self))
            if isinstance(self._connection, ReconnectingConnection):
                self._connection.start_anew()
            raise


class ReconnectingConnection(RobustConnection):
    """Closes its transport when the broker takes something away, so that one and the same way restores everything.

    aio-pika 10 subscribes again on the living connection. If that dies meanwhile, the task which should reconnect waits
    for itself, and the process hears of the broker never again (`RobustConnection.__connection_factory`).
    """

    CHANNEL_CLASS = ReconnectingChannel

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_broken = asyncio.Event()

    def start_anew(self) -> None:
        """Close the transport soon, and connect again."""
        self._is_broken.set()

    def _request_recovery(self) -> None:
        log.warning("the broker took a consumer away")
        self.start_anew()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Start anew meanwhile, whenever that is wanted."""
        watching = asyncio.create_task(self._reconnect_when_broken())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    async def _reconnect_when_broken(self) -> None:
        while True:
            await self._is_broken.wait()
            try:
                async with broker_call(CLOSE_TIMEOUT_S):
                    if self.transport is not None:
                        await self.transport.connection.close(AMQPConnectionError("something on it was lost"))
                self._is_broken.clear()
            except BROKER_ERRORS as error:
                log.warning("the connection does not end yet", error=repr(error))
                await asyncio.sleep(RETRY_S)
