"""What can go wrong with the broker, and what may be tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika.exceptions import AMQPException

from shared.database import is_transient

BROKER_ERRORS = (AMQPException, ConnectionError, TimeoutError, RuntimeError)
"""What aio-pika raises while the broker is unavailable; its channels raise RuntimeError when closed."""


@asynccontextmanager
async def broker_call(limit_s: float) -> AsyncIterator[None]:
    """Wait for the broker at most so long; everything that means that it was lost is among BROKER_ERRORS.

    aiormq raises a bare Exception to whoever waits on a channel that is closed without a reason, and StopAsyncIteration
    to whoever connects to a port at which a proxy hangs up, because nothing listens behind it yet.
    """
    try:
        async with asyncio.timeout(limit_s):
            yield
    except Exception as error:
        if type(error) is Exception or isinstance(error, StopAsyncIteration):
            raise ConnectionError("the connection was closed meanwhile") from error
        raise


class BrokerUnavailable(Exception):
    """The broker did not confirm; the message may or may not have been taken. Try again later."""


def may_succeed_later(error: BaseException) -> bool:
    """Tell whether the broker or the database was unavailable, so that the same call may succeed later."""
    return isinstance(error, BrokerUnavailable) or is_transient(error)
