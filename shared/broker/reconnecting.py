"""A robust connection that starts anew when the broker takes a consumer away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aio_pika.exceptions import AMQPConnectionError
from aio_pika.robust_connection import RobustConnection

from shared.broker.errors import BROKER_ERRORS, broker_call

log = structlog.get_logger()

CLOSE_TIMEOUT_S = 5.0
RETRY_S = 1.0


class ReconnectingConnection(RobustConnection):
    """Closes its transport when the broker cancels a consumer, so that one and the same way restores everything.

    aio-pika 10 subscribes again on the living connection. If that dies meanwhile, the task which should reconnect waits
    for itself, and the process hears of the broker never again (`RobustConnection.__connection_factory`).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._consumer_lost = asyncio.Event()

    def _request_recovery(self) -> None:
        self._consumer_lost.set()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look out for lost consumers meanwhile."""
        watching = asyncio.create_task(self._reconnect_when_a_consumer_is_lost())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    async def _reconnect_when_a_consumer_is_lost(self) -> None:
        while True:
            await self._consumer_lost.wait()
            log.warning("the broker took a consumer away; connecting anew")
            try:
                async with broker_call(CLOSE_TIMEOUT_S):
                    if self.transport is not None:
                        await self.transport.connection.close(AMQPConnectionError("the broker took a consumer away"))
                self._consumer_lost.clear()
            except BROKER_ERRORS as error:
                log.warning("the connection does not end yet", error=repr(error))
                await asyncio.sleep(RETRY_S)
