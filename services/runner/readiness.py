"""Whether this runner takes work, and in which environments, looked at again and again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog

from shared.events import wait_for_any

log = structlog.get_logger()

BLOBS_AGAIN_S = 5.0
"""How soon to look again when no blob could be had: a gateway that is restarted is back in seconds."""


class ReadinessCheck(Protocol):
    """Looks whether studies may run here."""

    @property
    def environments(self) -> Mapping[str, str]:
        """The environments in which they may: the digest of the image by name, as the last check found."""
        ...

    @property
    def families(self) -> Mapping[str, str]:
        """The problem families that there are besides Bayesmark's own: the digest of the image by name."""
        ...

    @property
    def memory_bytes(self) -> int:
        """How much memory there is for studies, as the last check found."""
        ...

    @property
    def shortage(self) -> str | None:
        """Why some may not run here, though others may; or None."""
        ...

    async def check(self, *, thorough: bool = False) -> str | None:
        """Return why no work should be taken now, or None; a thorough check trusts nothing that was found earlier."""
        ...


class ReadinessWatch:
    """What the last check found: `reason` is why this runner takes no work, or None. One check runs at a time.

    `changed` is set when a check finds something else than the one before, for whoever clears it.
    """

    def __init__(
        self,
        readiness: ReadinessCheck,
        check_blobs: Callable[[], Awaitable[str | None]],
        interval_s: float,
        on_change: Callable[[], None],
    ) -> None:
        self.engine_reason: str | None = "starting"
        self.blobs_reason: str | None = "starting"
        self.environments: dict[str, str] = {}
        self.families: dict[str, str] = {}
        self.memory_bytes = 0
        self.shortage: str | None = None
        self.changed = asyncio.Event()
        self._readiness = readiness
        self._check_blobs = check_blobs
        self._interval_s = interval_s
        self._on_change = on_change
        self._checked = asyncio.Event()
        self._checking = asyncio.Lock()

    @property
    def reason(self) -> str | None:
        """Why no work should be taken, or None."""
        return self.engine_reason or self.blobs_reason

    async def run(self, stop: asyncio.Event) -> None:
        """Check until `stop`."""
        while not stop.is_set():
            await self.check()
            soon_s = self._interval_s if self.blobs_reason is None else min(BLOBS_AGAIN_S, self._interval_s)
            await wait_for_any(stop, timeout_s=soon_s)

    async def check(self, *, thorough: bool = False) -> str | None:
        """See whether work may be taken, let everybody know, and return why not."""
        async with self._checking:
            engine_reason, blobs_reason = await self._readiness.check(thorough=thorough), await self._check_blobs()
            before = self._found
            self.engine_reason, self.blobs_reason = engine_reason, blobs_reason
            self.shortage = self._readiness.shortage
            self.families = dict(self._readiness.families)
            self.environments, self.memory_bytes = dict(self._readiness.environments), self._readiness.memory_bytes
            if before != self._found:
                level = logging.WARNING if self.reason or self.shortage else logging.INFO
                log.log(
                    level,
                    "readiness changed",
                    reason=self.reason,
                    environments=self.environments,
                    families=self.families,
                    memory_bytes=self.memory_bytes,
                    shortage=self.shortage,
                )
                self.changed.set()
                self._on_change()
            self._checked.set()
            self._checked = asyncio.Event()  # whoever waits from now on waits for the next check
            return self.reason

    async def wait_for_check(self, stop: asyncio.Event) -> None:
        """Return after the next check, or at `stop`."""
        await wait_for_any(self._checked, stop)

    @property
    def _found(self) -> tuple[str | None, dict[str, str], dict[str, str], int, str | None]:
        return self.reason, self.environments, self.families, self.memory_bytes, self.shortage
