"""A slot on the real container engine, and optimizers that are as good or bad as a test needs."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiodocker import Docker

from arena.sandbox.engine import Engine, connect_engine
from arena.sandbox.slot import Slot
from shared.settings import Settings
from tests.support.sandbox.engine_watch import Watch


@pytest.fixture(scope="module")
def runner_settings() -> Settings:
    """Settings of a runner of this module alone."""
    return Settings(runner_id=f"test-{uuid.uuid4().hex}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(runner_settings: Settings) -> AsyncIterator[Engine]:
    """The real engine; whatever the module's tests forgot is removed."""
    async with connect_engine(runner_settings) as engine:
        yield engine
        await engine.remove_leftovers()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watch(runner_settings: Settings) -> AsyncIterator[Watch]:
    """A second client of the engine."""
    async with Docker(url=runner_settings.engine_url) as docker:
        yield Watch(docker, runner_settings.runner_id)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slot(engine: Engine, runner_settings: Settings) -> AsyncIterator[Slot]:
    """A warm slot that the module's tests share, as studies do; entered and left by one task of its own."""
    ready: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def own_slot() -> None:
        async with Slot(engine, runner_settings, cpu=0) as slot:
            ready.set_result(slot)
            await finished.wait()

    owner = asyncio.create_task(own_slot())
    yield await ready
    finished.set()
    await owner
