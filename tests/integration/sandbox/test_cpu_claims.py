"""Runners on one engine: who has which CPU. The engine's CPUs are not counted on to be free: others may run here."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio

from arena.sandbox.container_config import Cpu, claim_config, claim_name, optimizer_config
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slots import Slots
from arena.sandbox.study import InfrastructureFailure
from arena.words.limits import Limits
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.stack import ROOT
from tests.support.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")
FAR = 900
"""CPUs from here on exist on no machine of this test, so that nobody else claims them."""


def numbers_of(claims: CpuClaims) -> set[int]:
    return {cpu.number for cpu in claims.cpus}


@pytest_asyncio.fixture(loop_scope="module")
async def engines(runner_settings: SandboxSettings) -> AsyncIterator[list[Engine]]:
    """The engine as three runners see it that share no CPU; what they leave is removed."""
    alone = [replace(runner_settings, owner=f"{runner_settings.owner}-{n}", share_cpus=False) for n in range(3)]
    async with connect_engine(alone[0]) as a, connect_engine(alone[1]) as b, connect_engine(alone[2]) as c:
        yield [a, b, c]
        for engine in (a, b, c):
            await engine.remove_leftovers()


def claims_of(engine: Engine, cpus: range) -> CpuClaims:
    return CpuClaims(engine, engine.settings, cpus)


async def test_two_runners_that_start_at_once_have_cpus_and_uids_of_their_own(engines: list[Engine]) -> None:
    cpus = range(FAR, FAR + 4)
    first, second = (claims_of(engine, cpus) for engine in engines[:2])

    assert not any(await asyncio.gather(first.claim(2), second.claim(2)))

    assert len(numbers_of(first)) == len(numbers_of(second)) == 2
    assert not numbers_of(first) & numbers_of(second)
    users = {cpu.optimizer_uid for claims in (first, second) for cpu in claims.cpus}
    assert len(users) == 4
    await first.release()
    await second.release()


async def test_a_runner_makes_do_with_what_is_free_and_says_so(engines: list[Engine]) -> None:
    cpus = range(FAR, FAR + 3)
    first, second, third = (claims_of(engine, cpus) for engine in engines)
    await first.claim(2)

    assert await second.claim(2) is None
    reason = await third.claim(1)

    assert numbers_of(second) == {FAR + 2}
    assert "expected 2 free CPUs" in (second.shortage or "")
    assert f"CPU {FAR}: {engines[0].settings.owner}" in (second.shortage or "")
    assert "expected 1 free CPUs" in (reason or "")

    await first.release()
    assert await second.claim(2) is None
    assert (len(second.cpus), second.shortage) == (2, None)
    assert await third.claim(1) is None
    await second.release()
    await third.release()


async def test_who_agrees_to_share_gets_a_cpu_that_others_use_with_uids_of_its_own(engines: list[Engine]) -> None:
    cpus = range(FAR, FAR + 1)
    first = claims_of(engines[0], cpus)
    await first.claim(1)
    sharing = CpuClaims(engines[1], replace(engines[1].settings, share_cpus=True), cpus)

    assert await sharing.claim(1) is None

    assert sharing.cpus == [Cpu(FAR, 1)]
    assert sharing.cpus[0].optimizer_uid != first.cpus[0].optimizer_uid
    await first.release()
    await sharing.release()


async def test_what_was_never_started_is_a_claim_only_for_as_long_as_a_start_may_take(engines: list[Engine]) -> None:
    cpu = Cpu(FAR)
    config = claim_config(engines[0].settings, cpu)
    never_started = await engines[0].docker.containers.create(config, name=claim_name(cpu))
    patient = claims_of(engines[1], range(FAR, FAR + 1))
    hasty = CpuClaims(engines[2], replace(engines[2].settings, start_timeout_s=0), range(FAR, FAR + 1))

    async def is_gone() -> bool:
        return not await engines[0].docker.containers.list(all=1, filters=json.dumps({"id": [never_started.id]}))

    assert await patient.claim(1) is not None
    assert not await is_gone()
    # Whether a start of no time at all succeeds or not, the claim that nobody holds is gone before it.
    with suppress(InfrastructureFailure):
        await hasty.claim(1)
    await wait_until(is_gone, what="the claim that was never started is gone")
    await hasty.release()


async def test_a_lost_claim_is_made_again_and_if_somebody_has_it_no_work_is_taken(engines: list[Engine]) -> None:
    cpus = range(FAR, FAR + 1)
    first, second = (claims_of(engine, cpus) for engine in engines[:2])
    await first.claim(1)

    async def lose() -> None:
        await engines[0].docker.containers.container(claim_name(Cpu(FAR))).delete(force=True)

    await lose()
    assert await first.claim(1) is None
    await lose()
    assert await second.claim(1) is None
    assert "another runner has taken over" in (await first.claim(1) or "")
    await second.release()

    async def claimed_again() -> bool:  # the engine may still be removing what was released
        return await first.claim(1) is None

    await wait_until(claimed_again, what="the CPU that was released is claimed")
    await first.release()


CLAIMANT = """
import asyncio, sys
from arena.sandbox.container_config import Cpu, claim_config, claim_name
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure

async def main():
    settings = SandboxSettings(sys.argv[1])
    async with connect_engine(settings) as engine:
        cpu = Cpu(int(sys.argv[2]))
        await engine.start(claim_config(settings, cpu), claim_name(cpu))
        print("claimed", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_what_a_killed_runner_had_is_free(engines: list[Engine], runner_settings: SandboxSettings) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CLAIMANT, f"{runner_settings.owner}-killed", str(FAR)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"claimed\n"
    heir = claims_of(engines[0], range(FAR, FAR + 1))
    assert await heir.claim(1) is not None

    process.kill()
    await process.wait()

    async def inherited() -> bool:
        return await heir.claim(1) is None

    await wait_until(inherited, what="the claim is free")
    await heir.release()


async def test_a_slot_is_pinned_to_its_cpu_with_the_uid_of_its_share(engines: list[Engine]) -> None:
    settings = replace(engines[0].settings, share_cpus=True, slots=1)
    engine = Engine(engines[0].docker, settings)
    self_test, claims = SelfTest(engine, settings), CpuClaims(engine, settings)
    async with Slots(engine, self_test, settings, claims) as slots:
        assert await SandboxReadiness(engine, self_test, settings, claims).check() is None
        (slot,) = await slots.open()
        (cpu,) = claims.cpus
        assert not slots.can_open()
        expected = optimizer_config(settings, "sha256:1", Limits(), cpu)
        study = asyncio.create_task(slot.run_study(make_study(), make_optimizer(suggest="time.sleep(600)")))
        found: list[dict[str, str]] = []

        async def runs() -> bool:
            label = json.dumps({"label": [f"arena.runner={settings.owner}", "arena.role=optimizer"]})
            found[:] = [each["Labels"] for each in await engine.docker.containers.list(filters=label)]
            return bool(found)

        await wait_until(runs, what="the optimizer runs")
        study.cancel()
        await asyncio.wait([study])
    assert found[0]["arena.cpu"] == str(cpu.number)
    assert expected["HostConfig"]["CpusetCpus"] == str(cpu.number)

    async def is_gone() -> bool:  # the engine removes what claims a CPU by itself, and may still be at it
        return await Watch(engine.docker, settings.owner).find() == set()

    await wait_until(is_gone, what="no container is left")
