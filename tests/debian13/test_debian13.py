"""Debian 13's own Docker on version 2 of control groups: the self-test, studies, and one that takes too much."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiodocker import Docker

from arena.sandbox.container_config import Cpu, optimizer_config
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SELF_TEST_LIMITS, SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal
from arena.words.verdicts import Verdict
from tests.support.oracles.stock_in_image import stock_in_image
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study

pytestmark = [pytest.mark.debian13, pytest.mark.asyncio(loop_scope="module")]
SMALL = "arena-small:local"
SLOW_S = 600.0
"""For a kernel that is a process of another one."""


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    """Settings of an owner on a machine with one CPU."""
    return SandboxSettings(f"test-{uuid.uuid4().hex}", slots=1, share_cpus=True, start_timeout_s=SLOW_S)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(settings: SandboxSettings) -> AsyncIterator[Engine]:
    """The engine of this Debian."""
    async with connect_engine(settings) as engine:
        yield engine
        await engine.remove_leftovers()


async def test_the_engine_is_debian_13s_on_version_2_of_control_groups(settings: SandboxSettings) -> None:
    async with Docker(url=settings.engine_url) as docker:
        info = await docker.system.info()

    assert (info["CgroupVersion"], info["CgroupDriver"]) == ("2", "cgroupfs")
    assert "Debian GNU/Linux 13" in info["OperatingSystem"]


async def test_the_self_test_holds(engine: Engine, settings: SandboxSettings) -> None:
    readiness = SandboxReadiness(engine, SelfTest(engine, settings), settings, CpuClaims(engine, settings))

    assert await readiness.check(thorough=True) is None
    assert list(readiness.environments) == ["small"]


async def test_limits_are_read_from_version_2(engine: Engine, settings: SandboxSettings) -> None:
    container = await engine.start(optimizer_config(settings, SMALL, SELF_TEST_LIMITS, Cpu(0)))
    facts = (await container.request({"do": "facts"})).facts or {}
    usage = await engine.read_usage(container, SLOW_S)
    await engine.discard(container)

    assert (facts["memory_limit"], facts["swap_limit"]) == (SELF_TEST_LIMITS.memory_limit_bytes, 0)
    assert facts["processes"] == SELF_TEST_LIMITS.pids_limit - 1
    assert usage.cpu_s
    assert 2**20 < (usage.memory_peak_bytes or 0) <= SELF_TEST_LIMITS.memory_limit_bytes


async def test_a_study_is_scored_as_stock_bayesmark_scores_it(engine: Engine, settings: SandboxSettings) -> None:
    box = ("kNN", "wine", "nll")
    async with Slot(engine, SelfTest(engine, settings), settings, Cpu(0)) as slot:
        study = await slot.run_study(make_study(box), make_optimizer())
    async with stock_in_image(engine, settings) as stock:
        computed = await stock.evaluate(box, study.suggestions)

    assert (study.visible, study.generalization) == (computed.visible, computed.generalization)


async def test_who_takes_too_much_memory_is_out_of_memory(engine: Engine, settings: SandboxSettings) -> None:
    hungry = make_optimizer(suggest="taken = []\nwhile True:\n    taken.append(b'x' * 1024**2)")
    async with Slot(engine, SelfTest(engine, settings), settings, Cpu(0)) as slot:
        with pytest.raises(Fatal) as raised:
            await slot.run_study(make_study(memory_limit_bytes=256 * 1024**2), hungry)

    assert raised.value.verdict == Verdict.OUT_OF_MEMORY
