"""Studies on this machine's own container engine."""

import asyncio
import hashlib
import os
import socket
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aiodocker.exceptions import DockerError

from arena.check.plan import CheckPlan, Key, Outcome, losses_by_box
from arena.failure import Failure
from arena.file_hash import hash_file
from arena.rules.seeds import names_seed, optimizer_seed, study_seed
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.connection import NOT_FOUND, connect_docker
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.engine.images import EnvironmentMissing, Images
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.slots import Slots
from arena.sandbox.study import Fatal, InfrastructureFailure, StudyOutcome, StudySpec

INSTALLATION = hashlib.sha256(__file__.encode()).hexdigest()[:8]
"""Part of the containers' names, so that a check removes what an earlier, killed check left, and nothing else."""

ATTEMPTS = 3
"""As often as the platform tries a study before it is an incident."""


class _Ended(Exception):
    """A fatal error ends the other studies, too."""


async def run_plan(plan: CheckPlan, zip_file: Path, report: Callable[[Key, bool], None]) -> Outcome:
    """Run the studies of a zip as a runner does; `report(key, over)` is told when one begins and when it is over.

    Cancelled, it leaves no container. Raises Failure when this machine is not up to it.
    """
    settings = read_settings(os.environ)
    outcome = Outcome(images=await find_images(settings, [plan.environment]))
    try:
        async with connect_engine(settings) as engine:
            await engine.remove_leftovers()
            await _run_in_slots(engine, settings, plan, zip_file, report, outcome)
    except InfrastructureFailure as failure:
        raise Failure(f"Expected this machine to run every study, it failed: {failure}; try again.") from failure
    return outcome


def read_settings(environment: Mapping[str, str]) -> SandboxSettings:
    """Return the settings of this machine's checks. Raises Failure."""
    try:
        stated = SandboxSettings.from_environment(f"check-{socket.gethostname()}-{INSTALLATION}", environment)
    except ValueError as error:
        raise Failure(f"{error}.") from error
    return replace(stated, share_cpus=True)  # beside a runner that uses all CPUs, a check is slow, but possible


async def find_images(settings: SandboxSettings, environments: Iterable[str]) -> dict[str, str]:
    """Return the ids of the images of environments and of the black box.

    Raises Failure when there is no engine, or it does not have these images.
    """
    blackbox = settings.blackbox_image
    try:
        async with connect_docker(settings.engine_url) as docker:
            images = Images(docker)
            found = {each: await images.find_environment(each) for each in environments}
            return {**found, blackbox: await images.find(blackbox)}
    except EnvironmentMissing as missing:
        raise Failure(str(missing)) from missing
    except InfrastructureFailure as failure:
        if isinstance(failure.__cause__, DockerError) and failure.__cause__.status == NOT_FOUND:
            raise Failure(
                f"Expected the image {blackbox} on the engine, found none; make it with 'arena images build'."
            ) from failure
        raise Failure(
            f"Expected a Docker engine at {settings.engine_url}, got {failure}; start it, see to it that you may use "
            "it (the group docker), or say with ARENA_ENGINE_URL where it is."
        ) from failure


async def _run_in_slots(
    engine: Engine,
    settings: SandboxSettings,
    plan: CheckPlan,
    zip_file: Path,
    report: Callable[[Key, bool], None],
    outcome: Outcome,
) -> None:
    zip_sha256 = hash_file(zip_file)
    waiting = deque(key for key in plan.keys for _ in range(1 + plan.twice))

    async def work(slot: Slot) -> None:
        while waiting:
            key = waiting.popleft()
            report(key, False)
            try:
                study = await _run_study(slot, plan, key, zip_file, zip_sha256)
            except Fatal as fatal:
                outcome.fatal = outcome.fatal or (key, fatal)
                raise _Ended from fatal
            outcome.finished.setdefault(key, []).append(study)
            report(key, True)

    self_test, claims = SelfTest(engine, settings), CpuClaims(engine, settings)
    async with Slots(engine, self_test, settings, claims) as opening:
        if reason := await claims.claim(min(settings.slots, len(waiting))):
            raise Failure(f"Expected a free CPU for the studies: {reason}.")
        outcome.shared_cpus = sorted(cpu.number for cpu in claims.cpus if cpu.sharer)
        slots = await opening.open()
        faults = await self_test.find_faults(outcome.images[plan.environment], claims.cpus[0])
        outcome.warnings += [f"sandbox: {fault}" for fault in faults]
        await _work_side_by_side(work, slots)
        if losses := losses_by_box(plan, outcome):
            outcome.scores = await slots[0].score(losses)


async def _work_side_by_side(work: Callable[[Slot], Coroutine[None, None, None]], slots: Sequence[Slot]) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            for slot in slots:
                tasks.create_task(work(slot))
    except* _Ended:
        pass
    except* InfrastructureFailure as failures:
        raise failures.exceptions[0] from None


async def _run_study(slot: Slot, plan: CheckPlan, key: Key, zip_file: Path, zip_sha256: str) -> StudyOutcome:
    """Run one study, and repeat it where the platform would. Raises Fatal, InfrastructureFailure."""
    box, number = key
    model, dataset, metric = box.split("_")
    attempt = 1
    while True:
        spec = StudySpec(
            execution=f"{INSTALLATION}-{box}-{attempt}",
            attempt=attempt,
            study=number,
            model=model,
            dataset=dataset,
            metric=metric,
            n_calls=plan.n_calls,
            n_suggestions=plan.n_suggestions,
            seed=study_seed(plan.seed, box, number),
            optimizer_seed=optimizer_seed(plan.seed, box, number, zip_sha256),
            limits=plan.limits,
            names_seed=names_seed(plan.seed, box) if plan.parameter_names == "hidden" else None,
            environment=plan.environment,
        )
        try:
            return await slot.run_study(spec, zip_file)
        except InfrastructureFailure:
            if attempt == ATTEMPTS:
                raise
            attempt += 1
