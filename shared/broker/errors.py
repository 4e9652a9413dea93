"""What can go wrong with the broker, and what may be tried again."""

from aio_pika.exceptions import AMQPException

from shared.database import is_transient

BROKER_ERRORS = (AMQPException, ConnectionError, TimeoutError, RuntimeError)
"""What aio-pika raises while the broker is unavailable; its channels raise RuntimeError when closed."""


class BrokerUnavailable(Exception):
    """The broker did not confirm; the message may or may not have been taken. Try again later."""


def may_succeed_later(error: BaseException) -> bool:
    """Tell whether the broker or the database was unavailable, so that the same call may succeed later."""
    return isinstance(error, BrokerUnavailable) or is_transient(error)
