"""An aggregator on this test's database and virtual host, fed by hand."""

import pytest

from services.aggregator.service import Aggregator
from shared.broker.connection import Broker
from shared.database import Pool
from shared.outbox import Outbox


@pytest.fixture
def aggregator(pool: Pool, broker: Broker) -> Aggregator:
    """The aggregator, not running: tests hand it its batches."""
    return Aggregator(pool, broker, Outbox(pool, broker), result_batch=64)
