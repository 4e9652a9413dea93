"""The whole platform as processes, for whoever meets it from outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.service_settings import PlatformSettings
from tests.support.stack import running_services


@pytest.fixture
async def platform(settings: PlatformSettings, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """URL of a gateway with the other three services behind it, all ready; the runner is the module's RUNNER_ID."""
    async with running_services(settings.with_runner(request.module.RUNNER_ID), tmp_path) as url:
        yield url
