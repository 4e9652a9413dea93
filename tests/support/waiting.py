"""Waits for a condition, such as the effects of services that run beside the test.

A limit only matters when something hangs. It is generous, so that no test depends on how fast the machine is.
"""

import asyncio
from collections.abc import Awaitable, Callable

LIMIT_S = 120.0
SCORING_LIMIT_S = 600.0
"""For submissions of many studies in real containers."""


def limited(limit_s: float = LIMIT_S) -> asyncio.Timeout:
    """Fail a block of code that hangs."""
    return asyncio.timeout(limit_s)


async def wait_until(holds: Callable[[], Awaitable[object]], *, limit_s: float = LIMIT_S, what: str = "") -> None:
    """Return as soon as `await holds()` is true; fail when it isn't within `limit_s` seconds."""
    try:
        async with asyncio.timeout(limit_s):
            while not await holds():  # noqa: ASYNC110 - polls tables, which give no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"did not come true within {limit_s:g} s: {what or holds}") from None
