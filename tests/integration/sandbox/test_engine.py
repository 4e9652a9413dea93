"""The engine's edge: the sandbox as seen from inside, readiness, leftovers."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from arena.sandbox.container_config import (
    ContainerConfig,
    Cpu,
    blackbox_config,
    optimizer_config,
)
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.optimizer.probe import FORBIDDEN_CALLS
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SELF_TEST_LIMITS, SelfTest, find_faults
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import InfrastructureFailure, StudySpec
from arena.words.limits import Limits
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study


def readiness_of(engine: Engine) -> SandboxReadiness:
    """What says whether this engine is ready, which remembers nothing."""
    return SandboxReadiness(
        engine, SelfTest(engine, engine.settings), engine.settings, CpuClaims(engine, engine.settings)
    )


SMALL = "arena-small:local"
SAME_RUNTIME = "io.containerd.runc.v2"
"""Another name of runc that every engine knows."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_sandbox_seen_from_inside_is_closed(engine: Engine, runner_settings: SandboxSettings) -> None:
    container = await engine.start(optimizer_config(runner_settings, SMALL, SELF_TEST_LIMITS, cpu=Cpu(1)))
    facts = (await container.request({"do": "facts"})).facts
    await engine.discard(container)

    assert facts is not None
    assert find_faults(facts, SELF_TEST_LIMITS, Cpu(1), runner_settings.sandbox_runtime) == []
    assert facts["file_size_limit"] == max(16 * 1024**2, SELF_TEST_LIMITS.zip_limit_bytes)
    assert len(FORBIDDEN_CALLS) > 2, "the self-test knows the system calls of this machine"
    mounts = {mountpoint: (kind, options.split(",")) for _, mountpoint, kind, options in facts["mounts"]}
    zip_kib = SELF_TEST_LIMITS.zip_limit_bytes // 1024
    for folder, size_kib in (("/submission", 16384 + zip_kib), ("/tmp", 16384)):  # noqa: S108 - inside the sandbox
        kind, options = mounts[folder]
        assert kind == "tmpfs"
        assert {"nosuid", "nodev", f"size={size_kib}k"} <= set(options)
    assert "ro" in mounts["/"][1]
    assert not [name for name in facts["environment"] if name.startswith(("ARENA", "DOCKER", "AMQP", "PG"))]


WEAKNESSES: dict[str, tuple[dict[str, Any], str]] = {
    "no seccomp": ({"SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]}, "seccomp"),
    "new privileges": ({"SecurityOpt": []}, "no_new_privileges"),
    "a network": ({"NetworkMode": "bridge"}, "interfaces"),
    "the host's network": ({"NetworkMode": "host"}, "interfaces"),
    "no memory limit": ({"Memory": 0, "MemorySwap": 0}, "memory_limit"),
    "swap": ({"MemorySwap": -1}, "swap_limit"),
    "no limit of processes": ({"PidsLimit": 0}, "processes"),
    "a writable root": ({"ReadonlyRootfs": False, "Tmpfs": {"/submission": "mode=1777", "/tmp": "mode=1777"}}, "tmp"),  # noqa: S108
    "the engine's socket": ({"Binds": ["/var/run/docker.sock:/var/run/docker.sock"]}, "engine_socket"),
    "core dumps and open files": ({"Ulimits": [{"Name": "core", "Soft": 1, "Hard": 1}]}, "core_limit"),
    "every CPU": ({"CpusetCpus": ""}, "cpus"),
    "a privileged container": ({"Privileged": True, "SecurityOpt": []}, "seccomp"),
}


@pytest.mark.parametrize("weakness", WEAKNESSES)
async def test_runner_refuses_work_when_the_sandbox_does_not_hold(
    readiness: SandboxReadiness, monkeypatch: pytest.MonkeyPatch, weakness: str
) -> None:
    changes, fact = WEAKNESSES[weakness]

    def weakened(*stated: Any, **named: Any) -> ContainerConfig:
        config = optimizer_config(*stated, **named)
        return {**config, "NetworkDisabled": False, "HostConfig": {**config["HostConfig"], **changes}}

    monkeypatch.setattr("arena.sandbox.self_test.optimizer_config", weakened)
    reason = await readiness.check(thorough=True)

    assert "environment small: self-test: " in (reason or "")
    assert fact in (reason or "")
    monkeypatch.undo()
    assert await readiness.check() is None


async def test_runner_whose_user_is_root_in_the_sandbox_refuses_work(
    readiness: SandboxReadiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "arena.sandbox.self_test.optimizer_config",
        lambda *stated, **named: {**optimizer_config(*stated, **named), "User": "0:0"},
    )

    assert "uid" in (await readiness.check(thorough=True) or "")


async def test_a_sandbox_that_a_phase_names_is_tried_before_a_study_runs_in_it(
    readiness: SandboxReadiness, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def root(*stated: Any, **named: Any) -> ContainerConfig:
        return {**optimizer_config(*stated, **named), "User": "0:0"}

    spec = replace(make_study(), runtime=SAME_RUNTIME)
    monkeypatch.setattr("arena.sandbox.self_test.optimizer_config", root)
    with pytest.raises(InfrastructureFailure, match=f"runtime {SAME_RUNTIME}, which the phase names.* uid: expected"):
        await slot.run_study(spec, make_optimizer())
    monkeypatch.undo()

    study = await slot.run_study(spec, make_optimizer())

    assert study.provenance is not None
    assert study.provenance.runtime == SAME_RUNTIME, "what ran it, not what the runner takes by itself"
    assert await readiness.check() is None


@pytest.mark.parametrize("named", [{"environment": "none"}, {"runtime": "none"}], ids=str)
async def test_what_a_phase_names_and_the_engine_lacks_is_no_verdict_and_leaves_the_runner_ready(
    readiness: SandboxReadiness, slot: Slot, named: dict[str, str]
) -> None:
    (name,) = named.values()
    with pytest.raises(InfrastructureFailure, match=f"Expected .* of .*{name}"):
        await slot.run_study(StudySpec(**(vars(make_study()) | named)), make_optimizer())

    assert await readiness.check(thorough=True) is None
    await slot.run_study(make_study(), make_optimizer())


async def test_containers_that_nobody_owns_are_removed_at_the_second_look(
    runner_settings: SandboxSettings,
) -> None:
    mine = replace(runner_settings, owner=f"{runner_settings.owner}-orphans")
    async with connect_engine(mine) as engine, connect_engine(mine) as forgetful:
        kept = await engine.start(optimizer_config(mine, SMALL, Limits(), cpu=Cpu(0)))
        lost = await forgetful.start(optimizer_config(mine, SMALL, Limits(), cpu=Cpu(0)))

        assert [await engine.remove_orphans() for _ in range(3)] == [0, 1, 0]
        assert await engine.is_running(kept)
        assert not await engine.is_running(lost)
        await engine.remove_leftovers()


async def test_containers_that_are_being_removed_are_no_orphans(runner_settings: SandboxSettings) -> None:
    mine = replace(runner_settings, owner=f"{runner_settings.owner}-removals")
    async with connect_engine(mine) as engine, asyncio.TaskGroup() as tasks:
        started = [await engine.start(optimizer_config(mine, SMALL, Limits(), cpu=Cpu(0))) for _ in range(4)]
        removals = [tasks.create_task(engine.remove(container.id)) for container in started]
        while not all(removal.done() for removal in removals):
            assert await engine.remove_orphans() == 0


async def test_runner_is_ready_when_images_disk_and_sandbox_are(readiness: SandboxReadiness) -> None:
    assert await readiness.check() is None


async def test_runner_without_its_images_says_which_is_missing(runner_settings: SandboxSettings) -> None:
    lacking = replace(runner_settings, blackbox_image="arena-no-such-image:local")
    async with connect_engine(lacking) as engine:
        assert "arena-no-such-image" in (await readiness_of(engine).check() or "")


async def test_runner_with_little_disk_left_says_so(runner_settings: SandboxSettings) -> None:
    full = replace(runner_settings, disk_free_limit_bytes=2**62)
    async with connect_engine(full) as engine:
        assert "disk low" in (await readiness_of(engine).check() or "")


async def test_runner_without_an_engine_is_not_ready_and_fails_as_infrastructure(
    runner_settings: SandboxSettings,
) -> None:
    alone = replace(runner_settings, engine_url="unix:///nonexistent/docker.sock")
    async with connect_engine(alone) as engine:
        assert "engine" in (await readiness_of(engine).check() or "")
        with pytest.raises(InfrastructureFailure):
            await engine.start(blackbox_config(alone, cpu=Cpu(0)))


async def test_runner_removes_its_own_leftovers_and_nobody_elses(runner_settings: SandboxSettings) -> None:
    mine = replace(runner_settings, owner=f"{runner_settings.owner}-mine")
    other = replace(runner_settings, owner=f"{runner_settings.owner}-other")
    async with connect_engine(mine) as engine, connect_engine(other) as neighbour:
        await engine.start(optimizer_config(mine, SMALL, Limits(), cpu=Cpu(0)))
        kept = await neighbour.start(optimizer_config(other, SMALL, Limits(), cpu=Cpu(1)))

        assert await engine.remove_leftovers() == 1
        assert await engine.remove_leftovers() == 0
        assert await neighbour.is_running(kept)
        assert await neighbour.remove_leftovers() == 1
