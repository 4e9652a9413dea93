"""An engine of the tests' own, which serves studies, crashes and comes back."""

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.sandbox.container_config import Cpu
from arena.sandbox.engine.connection import ENGINE_ERRORS, connect_docker
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import InfrastructureFailure
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.own_engine import OwnEngine, own_engine
from tests.support.sandbox.studies import make_study
from tests.support.stack import ROOT
from tests.support.waiting import limited

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def own() -> Iterator[OwnEngine]:
    """An engine with the images of studies."""
    with own_engine(ROOT / ".arena" / "own-engine") as engine:
        engine.load()
        yield engine


@pytest.fixture(scope="module")
def runner_settings(own: OwnEngine) -> SandboxSettings:
    """Settings of an owner on this engine."""
    return SandboxSettings(f"test-{uuid.uuid4().hex}", engine_url=own.url, share_cpus=True)


async def test_an_engine_that_crashed_comes_back_without_its_containers(
    own: OwnEngine, runner_settings: SandboxSettings
) -> None:
    async with connect_engine(runner_settings) as engine, limited():
        async with Slot(engine, SelfTest(engine, runner_settings), runner_settings, Cpu(0)) as slot:
            before = await slot.run_study(make_study(), make_optimizer())
            await slot.wait_warm()
            own.kill()
            with pytest.raises(InfrastructureFailure):
                await slot.run_study(make_study(), make_optimizer())
        own.start()
        assert own.do("ps", "--quiet") == "", "nothing runs on an engine that has just started"
        async with Slot(engine, SelfTest(engine, runner_settings), runner_settings, Cpu(0)) as slot:
            after = await slot.run_study(make_study(), make_optimizer())

    assert after.visible == before.visible


async def test_an_engine_that_is_paused_answers_when_it_is_resumed(own: OwnEngine) -> None:
    own.pause()
    own.resume()

    assert own.do("images", "--quiet")


async def test_an_engine_of_the_tests_leaves_the_machine_s_network_alone(own: OwnEngine) -> None:
    assert network_of(str(own.pid)) != network_of("self")


async def test_a_client_that_followed_events_of_an_engine_that_crashed_is_closed(own: OwnEngine) -> None:
    with contextlib.suppress(*ENGINE_ERRORS):
        async with connect_docker(own.url) as docker, limited():
            events = docker.events.subscribe(since="0")  # type: ignore[no-untyped-call]  # the library's gap
            await events.get()
            own.kill()
            while await events.get() is not None:
                pass
    own.start()

    assert docker.session.closed


async def test_an_engine_of_the_tests_leaves_nothing_mounted(tmp_path: Path) -> None:
    with own_engine(tmp_path) as engine:
        engine.kill()
        engine.start()

    assert str(tmp_path) not in mounts()


def mounts() -> str:
    return Path("/proc/self/mounts").read_text()


def network_of(process: str) -> str:
    return str(Path("/proc", process, "ns/net").readlink())
