"""A slot on the real container engine, and optimizers that are as good or bad as a test needs."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiodocker import Docker

from arena.sandbox.container_config import Cpu
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from tests.support.oracles.stock_in_image import StockInImage, stock_in_image
from tests.support.sandbox.engine_watch import Watch


@pytest.fixture(scope="module")
def runner_settings() -> SandboxSettings:
    """Settings of an owner of this module alone."""
    return SandboxSettings(f"test-{uuid.uuid4().hex}", share_cpus=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(runner_settings: SandboxSettings) -> AsyncIterator[Engine]:
    """The real engine; whatever the module's tests forgot is removed."""
    async with connect_engine(runner_settings) as engine:
        yield engine
        await engine.remove_leftovers()


@pytest.fixture(scope="module")
def self_test(engine: Engine, runner_settings: SandboxSettings) -> SelfTest:
    """The module's self-test, which remembers what held."""
    return SelfTest(engine, runner_settings)


@pytest.fixture(scope="module")
def readiness(engine: Engine, self_test: SelfTest, runner_settings: SandboxSettings) -> SandboxReadiness:
    """What says whether studies may run; the CPUs that it claims are free again when the engine is left."""
    return SandboxReadiness(engine, self_test, runner_settings, CpuClaims(engine, runner_settings))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watch(runner_settings: SandboxSettings) -> AsyncIterator[Watch]:
    """A second client of the engine."""
    async with Docker(url=runner_settings.engine_url) as docker:
        yield Watch(docker, runner_settings.owner)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slot(engine: Engine, self_test: SelfTest, runner_settings: SandboxSettings) -> AsyncIterator[Slot]:
    """A warm slot that the module's tests share, as studies do; entered and left by one task of its own."""
    ready: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def own_slot() -> None:
        async with Slot(engine, self_test, runner_settings, Cpu(0)) as slot:
            ready.set_result(slot)
            await finished.wait()

    owner = asyncio.create_task(own_slot())
    yield await ready
    finished.set()
    await owner


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stock(runner_settings: SandboxSettings) -> AsyncIterator[StockInImage]:
    """Stock Bayesmark for the module's tests, in a container that is not the module's owner's."""
    own = replace(runner_settings, owner=f"{runner_settings.owner}-stock")
    async with connect_engine(own) as engine, stock_in_image(engine, own) as stock:
        yield stock
