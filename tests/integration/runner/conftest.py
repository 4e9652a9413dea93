"""A slot on the real container engine, and optimizers that are as good or bad as a test needs."""

import asyncio
import io
import json
import textwrap
import uuid
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiodocker import Docker

from arena.sandbox.engine import Engine, connect_engine
from arena.sandbox.slot import Slot
from arena.words.limits import Limits
from shared.messages import ShardReleased, StudyTask
from shared.settings import Settings

OPTIMIZER = """
import os, random, sys, time
import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

{module}

class Optimizer(AbstractOptimizer):
    def __init__(self, api_config):
        super().__init__(api_config)
        self.calls = 0
{construct}

    def suggest(self, n_suggestions=1):
        self.calls += 1
        points = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
{suggest}
        return points

    def observe(self, X, y):
{observe}
        pass
"""


def make_zip(files: dict[str, str | bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def make_optimizer(module: str = "", construct: str = "", suggest: str = "", observe: str = "") -> bytes:
    """The zip of a random search with these statements added; `suggest` may change `points`."""
    indented = {
        name: textwrap.indent(textwrap.dedent(code), " " * 8)
        for name, code in {"construct": construct, "suggest": suggest, "observe": observe}.items()
    }
    return make_zip({"optimizer.py": OPTIMIZER.format(module=textwrap.dedent(module), **indented)})


def make_shard(
    box: tuple[str, str, str] = ("DT", "iris", "acc"),
    *,
    n_calls: int = 3,
    signature: bool = False,
    dataset_sha256: str | None = None,
    **limits: Any,
) -> ShardReleased:
    """A shard of one short study."""
    model, dataset, metric = box
    return ShardReleased(
        shard_id=uuid.uuid4(),
        attempt=1,
        submission_id=uuid.uuid4(),
        box_id=uuid.uuid4(),
        model=model,
        dataset=dataset,
        metric=metric,
        studies=[TASK],
        n_calls=n_calls,
        n_suggestions=4,
        limits=Limits(**limits),
        blob_sha256="0" * 64,
        signature_wanted=signature,
        dataset_sha256=dataset_sha256,
    )


TASK = StudyTask(study=0, seed=12345, optimizer_seed=67890)


class Watch:
    """Looks at the engine past the code under test."""

    def __init__(self, docker: Docker, runner_id: str) -> None:
        self._docker = docker
        self._runner_id = runner_id

    async def find(self, role: str | None = None) -> set[str]:
        """Ids of the runner's containers, running or not."""
        labels = [f"arena.runner={self._runner_id}"] + ([f"arena.role={role}"] if role else [])
        found = await self._docker.containers.list(all="true", filters=json.dumps({"label": labels}))
        return {container.id for container in found}

    async def find_named(self, fragment: str) -> bool:
        """Whether a container has this in its name."""
        return bool(await self._docker.containers.list(all="true", filters=json.dumps({"name": [fragment]})))

    async def image_id(self, name: str) -> str:
        """What an image's name stands for."""
        image_id: str = (await self._docker.images.inspect(name))["Id"]
        return image_id

    async def kill(self, container_id: str) -> None:
        """Kill a container from outside, as an operator or a machine in trouble might."""
        await self._docker.containers.container(container_id).kill()

    @staticmethod
    async def until(condition: Callable[[], Awaitable[bool]], timeout_s: float = 20) -> None:
        """Wait until the condition holds."""
        async with asyncio.timeout(timeout_s):
            while not await condition():  # noqa: ASYNC110 - the engine is looked at from outside: there is no event
                await asyncio.sleep(0.02)


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
