"""Waits for a part without which a service cannot work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_never, wait_random_exponential

from shared.connecting.readiness import ServiceReadiness

log = structlog.get_logger()
Connected = TypeVar("Connected")


class StoppedBeforeStart(Exception):
    """The process was told to stop while it waited for a part."""


async def connect_with_backoff(
    part: str,
    connect: Callable[[], Awaitable[Connected]],
    may_try_again: Callable[[BaseException], bool],
    explain: Callable[[BaseException], str],
    readiness: ServiceReadiness,
) -> Connected:
    """Return what `connect` returns, trying again while the part is unavailable; `readiness` says why it is.

    Raises StoppedBeforeStart when the service is to stop meanwhile.
    """
    connecting = asyncio.ensure_future(_connect(part, connect, may_try_again, explain, readiness))
    stopping = asyncio.ensure_future(readiness.stop.wait())
    try:
        await asyncio.wait([connecting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            return connecting.result()
        raise StoppedBeforeStart(part)
    finally:
        for task in (connecting, stopping):
            task.cancel()
        await asyncio.wait([connecting, stopping])


async def _connect(
    part: str,
    connect: Callable[[], Awaitable[Connected]],
    may_try_again: Callable[[BaseException], bool],
    explain: Callable[[BaseException], str],
    readiness: ServiceReadiness,
) -> Connected:
    def say_why(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        assert error is not None  # noqa: S101 - only a failure is tried again
        reason = explain(error)
        readiness.set_reason(part, reason)
        log.warning(f"{part} is unavailable", reason=reason, error=repr(error))

    async for attempt in AsyncRetrying(
        stop=stop_never,
        wait=wait_random_exponential(multiplier=0.2, max=5),
        retry=retry_if_exception(may_try_again),
        before_sleep=say_why,
    ):
        with attempt:
            connected = await connect()
            readiness.set_reason(part, None)
            return connected
    raise AssertionError("unreachable: the retry has no end")
