"""Waits for a server without which a service cannot start."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_never, wait_random_exponential

log = structlog.get_logger()
Connected = TypeVar("Connected")


class StoppedBeforeStart(Exception):
    """The process was told to stop while it waited for a server."""


async def connect_with_backoff(
    server: str,
    connect: Callable[[], Awaitable[Connected]],
    may_try_again: Callable[[BaseException], bool],
    stop: asyncio.Event | None,
) -> Connected:
    """Return what `connect` returns, trying again while the server is unavailable.

    Raises StoppedBeforeStart when `stop` is set meanwhile.
    """
    connecting = asyncio.ensure_future(_connect(server, connect, may_try_again))
    stopping = asyncio.ensure_future((stop or asyncio.Event()).wait())
    try:
        await asyncio.wait([connecting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            return connecting.result()
        raise StoppedBeforeStart(server)
    finally:
        for task in (connecting, stopping):
            task.cancel()
        await asyncio.wait([connecting, stopping])


async def _connect(
    server: str, connect: Callable[[], Awaitable[Connected]], may_try_again: Callable[[BaseException], bool]
) -> Connected:
    async for attempt in AsyncRetrying(
        stop=stop_never,
        wait=wait_random_exponential(multiplier=0.2, max=5),
        retry=retry_if_exception(may_try_again),
        before_sleep=lambda state: log.warning(
            f"{server} is unavailable", error=repr(state.outcome and state.outcome.exception())
        ),
    ):
        with attempt:
            return await connect()
    raise AssertionError("unreachable: the retry has no end")
