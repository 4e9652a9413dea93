"""Waiting for a condition, with a limit: for effects of services that run beside the test."""

import asyncio
from collections.abc import Awaitable, Callable

LIMIT_S = 30.0


async def wait_until(holds: Callable[[], Awaitable[object]], *, limit_s: float = LIMIT_S, what: str = "") -> None:
    """Return as soon as `await holds()` is true; fail when it isn't within `limit_s` seconds."""
    try:
        async with asyncio.timeout(limit_s):
            while not await holds():  # noqa: ASYNC110 - polls tables, which give no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"did not come true within {limit_s:g} s: {what or holds}") from None
