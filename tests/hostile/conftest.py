"""The stack that the hostile set is sent to, and the order it is sent in: another one each time."""

import os
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.backends import new_database, new_virtual_host
from tests.support.hostile.judge import Judge, judge
from tests.support.service_settings import platform_settings
from tests.support.stack import running_services

SEED = int(os.environ.get("ARENA_SHUFFLE", time.time()))
HERE = Path(__file__).parent


def pytest_report_header() -> str:
    """Say how to get the same order again."""
    return f"hostile set: shuffled by ARENA_SHUFFLE={SEED}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuffle the set, wherever it stands among the other tests."""
    places = [index for index, item in enumerate(items) if item.path.parent == HERE]
    shuffled = [items[index] for index in places]
    random.Random(SEED).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    for index, item in zip(places, shuffled, strict=True):
        items[index] = item


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(template_database: str, tmp_path_factory: Any) -> AsyncIterator[Judge]:
    """The four services with two slots, and a judge who knows what an honest submission scores alone."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "blobs").mkdir()
    async with new_database(template_database) as database_url:
        with new_virtual_host() as broker_url:
            runner_id = f"hostile-{folder.name}-{os.getpid()}"
            settings = platform_settings(database_url, broker_url, folder / "blobs", runner_id=runner_id)
            async with (
                running_services(settings, folder, ARENA_SLOTS="2") as services,
                judge(settings, services.url, folder) as one,
            ):
                yield one
