"""Which part keeps a service from being ready, and why, from its first moment on."""

import asyncio

from shared.telemetry import Check


class ServiceReadiness:
    """Each part that a service needs is waited for, which has a reason, or is there and has a check of its own."""

    def __init__(self, stop: asyncio.Event, *parts: str) -> None:
        self.stop = stop
        self.checks: dict[str, Check] = {}
        for part in parts:
            self.set_reason(part, "has not answered yet")

    def set_reason(self, part: str, reason: str | None) -> None:
        """Say why this part is not there yet; None says that it is there."""

        async def say() -> str | None:
            return reason

        self.checks[part] = say
