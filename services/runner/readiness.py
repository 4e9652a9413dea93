"""Whether this runner takes work, looked at again and again."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

import structlog

from shared.events import wait_for_any

log = structlog.get_logger()


class ReadinessCheck(Protocol):
    """Looks whether studies may run here."""

    async def check(self, *, thorough: bool = False) -> str | None:
        """Return why no work should be taken now, or None; a thorough check trusts nothing that was found earlier."""
        ...


class ReadinessWatch:
    """`reason` is why this runner takes no work, as the last check found, or None. One check runs at a time."""

    def __init__(self, readiness: ReadinessCheck, interval_s: float, on_change: Callable[[], None]) -> None:
        self.reason: str | None = "starting"
        self._readiness = readiness
        self._interval_s = interval_s
        self._on_change = on_change
        self._checked = asyncio.Event()
        self._checking = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Check until `stop`."""
        while not stop.is_set():
            await self.check()
            await wait_for_any(stop, timeout_s=self._interval_s)

    async def check(self, *, thorough: bool = False) -> str | None:
        """See whether work may be taken, let everybody know, and return why not."""
        async with self._checking:
            reason = await self._readiness.check(thorough=thorough)
            changed, self.reason = reason != self.reason, reason
            if changed:
                log.log(logging.WARNING if reason else logging.INFO, "readiness changed", reason=reason)
                self._on_change()
            self._checked.set()
            self._checked = asyncio.Event()  # whoever waits from now on waits for the next check
            return reason

    async def wait_for_check(self, stop: asyncio.Event) -> None:
        """Return after the next check, or at `stop`."""
        await wait_for_any(self._checked, stop)
