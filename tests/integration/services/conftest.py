"""Settings by which the services look often, and what a submission's zip is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.services.pipeline import BLOB, ZIP

QUICK: dict[str, Any] = {
    "lease_s": 60,
    "message_lost_s": 60,
    "sweep_interval_s": 0.2,
    "heartbeat_interval_s": 0.2,
    "engine_check_interval_s": 0.2,
    "grace_s": 0.5,
}
"""No lease runs out and no message counts as lost, however slow the machine is, but where a test says so."""


@pytest.fixture
def settings(database_url: str, broker_url: str, tmp_path: Path) -> PlatformSettings:
    return platform_settings(database_url, broker_url, tmp_path, **QUICK)


@pytest.fixture
async def blobs(settings: PlatformSettings) -> Blobs:
    blobs = Blobs(settings.runner.blob_url)
    await blobs.put(BLOB, ZIP)
    return blobs


@pytest.fixture
async def runner_broker(settings: PlatformSettings) -> AsyncIterator[Broker]:
    """A runner's connection."""
    async with connect_broker(settings.runner.broker_url) as broker:
        yield broker
