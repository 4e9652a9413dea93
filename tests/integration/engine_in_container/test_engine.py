"""The engine of a pod: what a sandbox is in it, and when it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from arena.sandbox.container_config import Cpu, claim_config
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.connection import connect_docker
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.engine.usage import CONTROL_GROUPS, read_usage
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import StudyOutcome
from services.runner.lock_file import hold_lock
from tests.support.sandbox.engine_container import MEMORY_BYTES, EngineContainer, NodeFiles, docker, running_engine
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.waiting import LIMIT_S

SETTINGS = SandboxSettings("runner-of-the-tests", share_cpus=True, slots=1, start_timeout_s=120)
IS_VERSION_1 = Path("/sys/fs/cgroup/memory/memory.stat").exists()


@asynccontextmanager
async def readiness_of(container: EngineContainer) -> AsyncIterator[tuple[Engine, SandboxReadiness]]:
    settings = replace(SETTINGS, engine_url=container.url)
    async with connect_engine(settings) as engine:
        claims = CpuClaims(engine, settings)
        yield engine, SandboxReadiness(engine, SelfTest(engine, settings), settings, claims)
        await claims.release()


async def run_study_on(engine_url: str, owner: str) -> StudyOutcome:
    settings = replace(SETTINGS, owner=owner, engine_url=engine_url)
    async with (
        connect_engine(settings) as engine,
        Slot(engine, SelfTest(engine, settings), settings, Cpu(0)) as slot,
    ):
        return await slot.run_study(make_study(("RF", "iris", "nll")), make_optimizer())


async def test_the_thorough_self_test_holds_in_an_engine_in_a_container(engine_with_runner: EngineContainer) -> None:
    await engine_with_runner.wait_ready()

    async with readiness_of(engine_with_runner) as (engine, readiness):
        assert await readiness.check(thorough=True) is None
        assert readiness.shortage is None
        machine = await engine.describe_machine()

    assert readiness.environments == {"small": docker("image", "inspect", "-f", "{{.Id}}", "arena-small:local")}
    assert MEMORY_BYTES // 2 < machine.memory_bytes < MEMORY_BYTES


async def test_a_study_has_the_losses_that_it_has_on_the_machines_engine_bit_for_bit(
    engine_with_runner: EngineContainer,
) -> None:
    await engine_with_runner.wait_ready()

    nested = await run_study_on(engine_with_runner.url, SETTINGS.owner)
    direct = await run_study_on(SETTINGS.engine_url, f"runner-{engine_with_runner.container}")

    assert nested.visible == direct.visible
    assert nested.generalization == direct.generalization
    assert nested.suggestions == direct.suggestions
    assert nested.provenance == direct.provenance


@pytest.mark.skipif(not IS_VERSION_1, reason="in version 2, the machine's engine hides from a container where it is")
async def test_what_a_container_has_used_is_read_from_the_nodes_control_groups(
    engine_with_runner: EngineContainer,
) -> None:
    await engine_with_runner.wait_ready()

    async with readiness_of(engine_with_runner) as (engine, _), connect_docker("unix:///nobody.sock") as nobody:
        group = (await engine.describe_machine()).node_group
        container = await engine.start(claim_config(engine.settings, Cpu(0)))
        usage = await read_usage(nobody, container.id, CONTROL_GROUPS, group, LIMIT_S)
        await engine.discard(container)

    assert usage.cpu_s is not None


async def test_an_engine_whose_containers_escape_its_pod_does_not_pass_the_self_test(node: NodeFiles) -> None:
    with (
        running_engine(node, "--volume", "/sys/fs/cgroup:/sys/fs/cgroup") as container,
        hold_lock(container.lock, "runner-of-the-tests"),
    ):
        await container.wait_ready()
        async with readiness_of(container) as (_, readiness):
            reason = await readiness.check(thorough=True)

    if IS_VERSION_1:
        assert reason is not None
        assert "control group: expected containers below /" in reason
    else:  # there the engine makes its container the top of a namespace, whatever is mounted
        assert reason is None


async def test_an_engine_that_was_killed_starts_again_on_what_it_left(engine_with_runner: EngineContainer) -> None:
    await engine_with_runner.wait_ready()
    async with readiness_of(engine_with_runner) as (engine, _):
        await engine.start(claim_config(engine.settings, Cpu(0)))
        engine_with_runner.kill("KILL")
        assert await engine_with_runner.wait_ended() == 137

    engine_with_runner.start_again()
    await engine_with_runner.wait_ready(times=2)

    async with readiness_of(engine_with_runner) as (engine, readiness):
        assert await engine.docker.containers.list(all="true") == []
        assert await readiness.check(thorough=True) is None
    assert engine_with_runner.log.count("engine: loading") <= 1, "images get onto a node once"


async def test_a_dockerd_that_dies_while_the_runner_lives_is_started_again(engine_with_runner: EngineContainer) -> None:
    await engine_with_runner.wait_ready()

    engine_with_runner.do("sh", "-c", "kill -KILL $(cat /run/engine.pid)")

    await engine_with_runner.wait_ready(times=2)
    async with readiness_of(engine_with_runner) as (_, readiness):
        assert await readiness.check(thorough=True) is None


async def test_sigterm_does_not_end_the_engine_before_its_runner(engine_container: EngineContainer) -> None:
    with hold_lock(engine_container.lock, "runner-of-the-tests"):
        await engine_container.wait_ready()
        hook = await asyncio.create_subprocess_exec("docker", "exec", engine_container.container, "engine.sh", "drain")
        engine_container.kill("TERM")
        async with readiness_of(engine_container) as (_, readiness):
            assert await readiness.check(thorough=True) is None
        assert hook.returncode is None

    assert await engine_container.wait_ended() == 0
    assert await hook.wait() in (0, 137), "the hook ends before the engine or with it"


async def test_the_pre_stop_hook_returns_when_no_runner_is_there(engine_container: EngineContainer) -> None:
    await engine_container.wait_ready()

    engine_container.do("engine.sh", "drain")
    engine_container.kill("TERM")

    assert await engine_container.wait_ended() == 0


async def test_an_engine_whose_runner_never_comes_gives_up(node: NodeFiles) -> None:
    with running_engine(node, "--env", "ARENA_RUNNER_WAIT_S=1") as container:
        assert await container.wait_ended() == 1
        assert "expected a runner to lock /run/arena/runner.lock within 1 s" in container.log


async def test_an_engine_without_a_volume_says_what_is_missing() -> None:
    name = docker("run", "--detach", "arena-engine:local")
    try:
        assert await EngineContainer(name, Path()).wait_ended() == 1
        assert "expected a volume at /var/lib/arena/engine" in EngineContainer(name, Path()).log
    finally:
        docker("rm", "--force", name)
