"""The platform that the hostile set is sent to."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.backends import new_database, new_virtual_host
from tests.support.hostile.judge import Judge, judge
from tests.support.service_settings import platform_settings
from tests.support.stack import running_services


@asynccontextmanager
async def judging_platform(template_database: str, folder: Path, **runner: str) -> AsyncIterator[Judge]:
    """The four services with two slots, and a judge who knows what an honest submission scores alone.

    `runner` are settings of the runner, such as another engine.
    """
    (folder / "blobs").mkdir()
    async with new_database(template_database) as database_url:
        with new_virtual_host() as broker_url:
            runner_id = f"hostile-{folder.name}-{os.getpid()}"
            settings = platform_settings(database_url, broker_url, folder / "blobs", runner_id=runner_id, **runner)
            async with (
                running_services(settings, folder, ARENA_SLOTS="2") as services,
                judge(settings, services.url, folder) as one,
            ):
                yield one
