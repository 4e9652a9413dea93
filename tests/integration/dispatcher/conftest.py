"""The dispatcher's own connections: what its role may not do, its tests cannot."""

from collections.abc import AsyncIterator

import pytest

from shared.database import Pool, connect_database
from tests.support.service_settings import PlatformSettings


@pytest.fixture
async def dispatcher_pool(settings: PlatformSettings) -> AsyncIterator[Pool]:
    """Connections to this test's database as the dispatcher's role."""
    async with await connect_database(settings.dispatcher.database_url) as pool:
        yield pool
