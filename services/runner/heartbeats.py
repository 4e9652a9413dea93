"""What this runner says about itself: that it is there, whether it takes work, and what it has in hand."""

import asyncio
from collections.abc import Callable

import structlog

from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.events import wait_for_any
from shared.messages import RunnerHeartbeat

log = structlog.get_logger()

HEARTBEAT_GAP_S = 0.1
"""News is sent at once, but no more often than this."""
IDLE_FACTOR = 2.5
"""With the defaults, a lease is as long as three pauses of an idle runner."""


class Heartbeats:
    """Sends what `describe` returns every `interval_s` seconds, seldomer without work, and soon after `tell_news`."""

    def __init__(self, broker: Broker, describe: Callable[[], RunnerHeartbeat], interval_s: float) -> None:
        self._broker = broker
        self._describe = describe
        self._interval_s = interval_s
        self._news = asyncio.Event()

    def tell_news(self) -> None:
        """Send the next heartbeat now."""
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`."""
        while not stop.is_set():
            self._news.clear()
            said = self._describe()
            try:
                await self._broker.publish([said])
            except BrokerUnavailable as error:
                log.warning("heartbeat not sent", error=repr(error))
            await asyncio.sleep(HEARTBEAT_GAP_S)
            await wait_for_any(self._news, timeout_s=pause_s(said, self._interval_s))


def pause_s(said: RunnerHeartbeat, interval_s: float) -> float:
    """Return how long nothing is said after this: longer with nothing in hand, for there is no lease to lose then."""
    return interval_s if said.held else IDLE_FACTOR * interval_s
