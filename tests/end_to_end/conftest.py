"""The whole platform as processes, for whoever meets it from outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.service_settings import PlatformSettings
from tests.support.stack import Services, running_services


@pytest.fixture
async def services(
    settings: PlatformSettings, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Services]:
    """The four services, ready; the runner is the module's RUNNER_ID."""
    async with running_services(settings.with_runner(request.module.RUNNER_ID), tmp_path) as services:
        yield services


@pytest.fixture
def platform(services: Services) -> str:
    """URL of a gateway with the other three services behind it."""
    return services.url
