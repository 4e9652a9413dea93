"""An aggregator on this test's database and virtual host, fed by hand."""

from collections.abc import AsyncIterator

import pytest

from services.aggregator.service import Aggregator
from shared.broker.connection import Broker
from shared.database import Pool, connect_database
from shared.outbox import Outbox
from tests.support.service_settings import PlatformSettings


@pytest.fixture
async def aggregator_pool(settings: PlatformSettings) -> AsyncIterator[Pool]:
    """Connections to this test's database as the aggregator's role."""
    async with await connect_database(settings.aggregator.database_url) as pool:
        yield pool


@pytest.fixture
def aggregator(aggregator_pool: Pool, broker: Broker) -> Aggregator:
    """The aggregator, not running: tests hand it its batches."""
    return Aggregator(aggregator_pool, broker, Outbox(aggregator_pool, broker), result_batch=64)
