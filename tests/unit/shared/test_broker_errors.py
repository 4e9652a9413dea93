"""What counts as the loss of the broker."""

import pytest

from shared.broker.errors import BROKER_ERRORS, broker_call
from shared.connecting.server import causes


async def test_a_channel_that_closes_without_a_reason_counts_as_a_lost_broker() -> None:
    """Aiormq's `FutureStore.reject_all(None)` raises this class itself to all who wait."""
    with pytest.raises(BROKER_ERRORS, match="the connection was closed meanwhile"):
        async with broker_call(10):
            raise Exception  # noqa: TRY002


async def test_any_other_error_stays_what_it_is() -> None:
    with pytest.raises(KeyError):
        async with broker_call(10):
            raise KeyError("x")


async def test_a_connection_that_ends_before_it_began_counts_as_a_lost_broker() -> None:
    with pytest.raises(BROKER_ERRORS):
        async with broker_call(10):
            raise StopAsyncIteration


def test_errors_that_lead_to_each_other_are_told_once() -> None:
    first, second = ConnectionError("first"), ConnectionError("second")
    first.__context__, second.__cause__ = second, first

    assert list(causes(first)) == [first, second]
