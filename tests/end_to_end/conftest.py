"""The whole platform as processes, for whoever meets it from outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.database import Pool, connect_database
from tests.support.backends import new_database, new_virtual_host
from tests.support.end_to_end.competition import RUNNER_ID
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.stack import Services, running_services


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def shared_settings(
    template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PlatformSettings]:
    """Settings of the platform that tests share, its database and virtual host."""
    blobs = tmp_path_factory.mktemp("blobs")
    async with new_database(template_database) as database_url:
        with new_virtual_host() as broker_url:
            yield platform_settings(database_url, broker_url, blobs, runner_id=RUNNER_ID)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def platform(shared_settings: PlatformSettings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """URL of a gateway with the other three services behind it, on which each test makes its own competition."""
    async with running_services(shared_settings, tmp_path_factory.mktemp("services")) as services:
        yield services.url


@pytest.fixture
async def platform_pool(shared_settings: PlatformSettings) -> AsyncIterator[Pool]:
    """The owner's connections to the database of the platform that tests share."""
    async with await connect_database(shared_settings.database_url) as pool:
        yield pool


@pytest.fixture
async def services(settings: PlatformSettings, tmp_path: Path) -> AsyncIterator[Services]:
    """The four services, ready, for this test alone."""
    async with running_services(settings.with_runner("runner-of-one-test"), tmp_path) as services:
        yield services
