"""Fixtures on the real Postgres and RabbitMQ of the test stack: a database and a virtual host for each test."""

import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from pydantic import SecretStr

from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker, connect_broker
from shared.database import Pool, connect_database
from tests.support.backends import new_database, new_virtual_host
from tests.support.installed import Wheels, build_wheels
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.template_database import template_name

# Benchmarks measure how long things take; examples of Hypothesis have no deadline.
hypothesis.settings.register_profile("arena", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("arena")

# A shell starts background jobs with SIGINT ignored, and their children inherit that. Tests need Ctrl-C to work.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def template_database() -> str:
    """The name of a migrated database that each test clones."""
    return template_name()


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    """What people install, built once for all tests."""
    return build_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture
async def database_url(template_database: str) -> AsyncIterator[str]:
    """The URL of a database for this test alone."""
    async with new_database(template_database) as url:
        yield url


@pytest.fixture
def broker_url() -> Iterator[str]:
    """The URL of a virtual host for this test alone."""
    with new_virtual_host() as url:
        yield url


@pytest.fixture
def settings(database_url: str, broker_url: str, tmp_path: Path) -> PlatformSettings:
    """Settings of the services on this test's database, virtual host and blob store."""
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    return platform_settings(database_url, broker_url, blobs)


@pytest.fixture
def gateway_settings(settings: PlatformSettings) -> GatewaySettings:
    """Settings of the gateway."""
    return settings.gateway


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """The owner's connections to this test's database."""
    pool = await connect_database(SecretStr(database_url))
    yield pool
    await pool.close()


@pytest.fixture
async def broker(broker_url: str) -> AsyncIterator[Broker]:
    """An administrator's connection to this test's virtual host."""
    async with connect_broker(SecretStr(broker_url)) as broker:
        yield broker
