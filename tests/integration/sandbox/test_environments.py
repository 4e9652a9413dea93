"""Environments on the real engine: which there are, whether each holds, and which containers wait for their studies."""

from dataclasses import replace

import pytest

from arena.sandbox.container_config import Cpu
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.images import EnvironmentMissing
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.environment_images import EMPTY, environment_image, new_environment
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_image_that_is_built_later_is_found_at_the_next_look(engine: Engine) -> None:
    name = new_environment()
    await engine.images.look_up_environments()
    assert name not in engine.images.environments

    async with environment_image(name) as image_id:
        await engine.images.look_up_environments()
        assert engine.images.environments[name] == image_id

    await engine.images.look_up_environments()
    assert name not in engine.images.environments


async def test_of_two_images_of_one_environment_the_newer_counts(engine: Engine) -> None:
    name = new_environment()
    async with environment_image(name) as older, environment_image(name, newer_than=older) as newer:
        assert await engine.images.find_environment(name) == newer
        assert await engine.images.find_environment(f"{name}@{newer}") == newer
        with pytest.raises(EnvironmentMissing, match=f"{name}@{older} on the engine, which has .*{name} .{newer}"):
            await engine.images.find_environment(f"{name}@{older}")


async def test_an_image_that_is_still_being_built_is_no_environment_yet(engine: Engine) -> None:
    name = new_environment()
    async with environment_image(name) as built, environment_image(name, newer_than=built, is_tagged=False):
        assert await engine.images.find_environment(name) == built
        await engine.images.look_up_environments()
        assert engine.images.environments[name] == built


async def test_an_environment_that_does_not_hold_is_not_offered_and_the_others_go_on(
    readiness: SandboxReadiness,
) -> None:
    good, bad = new_environment(), new_environment()
    async with environment_image(good) as image_id, environment_image(bad, EMPTY):
        assert await readiness.check() is None

        assert readiness.environments[good] == image_id
        assert bad not in readiness.environments
        assert f"environment {bad}: " in (readiness.shortage or "")
        assert good not in (readiness.shortage or "")


async def test_a_study_runs_in_its_environment_and_says_so(slot: Slot) -> None:
    name = new_environment()
    async with environment_image(name) as image_id:
        for entry in (name, f"{name}@{image_id}"):
            study = await slot.run_study(replace(make_study(n_calls=1), environment=entry), make_optimizer())
            assert (study.provenance.environment, study.provenance.optimizer_image) == (name, image_id)
        await slot.run_study(make_study(n_calls=1), make_optimizer())


async def test_the_next_container_of_each_environment_in_use_is_prepared(
    engine: Engine, runner_settings: SandboxSettings
) -> None:
    own = replace(runner_settings, owner=f"{runner_settings.owner}-prepared")
    first, second = new_environment(), new_environment()
    async with (
        environment_image(first) as first_id,
        environment_image(second) as second_id,
        Slot(other := Engine(engine.docker, own), SelfTest(other, own), own, Cpu(1)) as slot,
    ):
        for name in (first, second, first):
            await slot.run_study(replace(make_study(n_calls=1), environment=name), make_optimizer())

        _, *prepared = await slot.wait_warm()
        assert [each.image_id for each in prepared if isinstance(each, Container)] == [second_id, first_id]
        kept = {each.id for each in prepared if isinstance(each, Container)}

        async def only_they_are_left() -> bool:
            return await Watch(engine.docker, own.owner).find("optimizer") == kept

        await wait_until(only_they_are_left, what="one container is prepared for each, and no other is left")


async def test_without_an_environment_the_runner_is_not_ready_and_says_what_to_do(
    engine: Engine, runner_settings: SandboxSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arena.sandbox.engine.images.ENVIRONMENT_LABEL", "arena.no-such-label")
    own = replace(runner_settings, owner=f"{runner_settings.owner}-bare")
    bare = Engine(engine.docker, own)
    claims = CpuClaims(bare, own)

    reason = await SandboxReadiness(bare, SelfTest(bare, own), own, claims).check()

    await claims.release()
    assert reason is not None
    assert "found none; make one with 'arena images build'" in reason


async def test_with_two_cpus_the_optimizer_has_both_and_the_black_box_has_the_first(
    engine: Engine, runner_settings: SandboxSettings
) -> None:
    own = replace(runner_settings, owner=f"{runner_settings.owner}-wide")
    other = Engine(engine.docker, own)
    self_test = SelfTest(other, own)
    look = "assert (os.sched_getaffinity(0), os.environ['OMP_NUM_THREADS']) == ({}, '{}')".format
    async with (
        Slot(other, self_test, own, Cpu(0)) as first,
        Slot(other, self_test, own, Cpu(1)) as second,
    ):
        wide = first.beside(second)
        await wide.run_study(make_study(n_calls=1), make_optimizer(construct=look({0, 1}, 2)))
        await second.run_study(make_study(n_calls=1), make_optimizer(construct=look({1}, 1)))
        await first.run_study(make_study(n_calls=1), make_optimizer(construct=look({0}, 1)))

        blackbox, *_ = await first.wait_warm()
        assert isinstance(blackbox, Container)
        found = await engine.docker.containers.container(blackbox.id).show()
        assert found["HostConfig"]["CpusetCpus"] == "0"
