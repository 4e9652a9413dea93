"""Studies on this machine's own container engine, and what the platform would say of them."""

import asyncio
import hashlib
import json
import math
import os
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiodocker import Docker
from aiodocker.exceptions import DockerError

from arena.check.scales import Scale
from arena.failure import Failure
from arena.rules.seeds import optimizer_seed, study_seed
from arena.sandbox.container_config import Cpu
from arena.sandbox.engine.connection import ENGINE_ERRORS, NOT_FOUND
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal, InfrastructureFailure, StudyResult, StudySpec
from arena.scoring import study_loss, submission_score
from arena.version import code_version
from arena.words.limits import Limits
from arena.words.verdicts import VERDICTS, Verdict

Body = dict[str, Any]
Key = tuple[str, int]
"""A study: black box and number."""

INSTALLATION = hashlib.sha256(__file__.encode()).hexdigest()[:8]
"""Part of the containers' names, so that a check removes what an earlier, killed check left, and nothing else."""

ATTEMPTS = 3
"""As often as the platform tries a study before it is an incident."""


@dataclass(frozen=True)
class Plan:
    """Which studies to run, and what their losses are measured against."""

    scales: dict[str, Scale]
    studies: int
    n_calls: int
    n_suggestions: int
    limits: Limits
    seed: str
    twice: bool

    @property
    def keys(self) -> list[Key]:
        """Every study: each black box once before any twice, so that faults show early."""
        return [(box, study) for study in range(self.studies) for box in self.scales]


@dataclass
class Outcome:
    """What came of a plan: the one or two results of each study, and what ended it early, if anything did."""

    finished: dict[Key, list[StudyResult]] = field(default_factory=dict)
    fatal: tuple[Key, Fatal] | None = None
    images: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class _Ended(Exception):
    """A fatal error ends the other studies, too."""


async def run_plan(plan: Plan, content: bytes, report: Callable[[Key, bool], None]) -> Outcome:
    """Run the studies of a zip as a runner does; `report(key, over)` is told when one begins and when it is over.

    Cancelled, it leaves no container. Raises Failure when this machine is not up to it.
    """
    settings = read_settings(os.environ)
    outcome = Outcome(images=await _find_images(settings))
    try:
        async with connect_engine(settings) as engine:
            await engine.remove_leftovers()
            outcome.warnings += [f"sandbox: {fault}" for fault in await SelfTest(engine, settings).find_faults(Cpu(0))]
            await _run_in_slots(engine, settings, plan, content, report, outcome)
    except InfrastructureFailure as failure:
        raise Failure(f"Expected this machine to run every study, it failed: {failure}; try again.") from failure
    return outcome


def read_settings(environment: Mapping[str, str]) -> SandboxSettings:
    """Return the settings of this machine's checks. Raises Failure."""
    try:
        return SandboxSettings.from_environment(f"check-{socket.gethostname()}-{INSTALLATION}", environment)
    except ValueError as error:
        raise Failure(f"{error}.") from error


async def _find_images(settings: SandboxSettings) -> dict[str, str]:
    """The ids of the two images. Raises Failure when there is no engine, or it does not have these images."""
    ids = {}
    for image in (settings.optimizer_image, settings.blackbox_image):
        try:
            async with Docker(url=settings.engine_url) as docker:
                ids[image] = (await docker.images.inspect(image))["Id"]
        except ENGINE_ERRORS as error:
            if isinstance(error, DockerError) and error.status == NOT_FOUND:
                raise Failure(
                    f"Expected the image {image} on the engine, found none; make it with 'arena images build'."
                ) from error
            raise Failure(
                f"Expected a Docker engine at {settings.engine_url}, got {error}; start it, see to it that you may use "
                "it (the group docker), or say with ARENA_ENGINE_URL where it is."
            ) from error
    return ids


async def _run_in_slots(
    engine: Engine,
    settings: SandboxSettings,
    plan: Plan,
    content: bytes,
    report: Callable[[Key, bool], None],
    outcome: Outcome,
) -> None:
    waiting = deque(key for key in plan.keys for _ in range(1 + plan.twice))

    async def work(slot: Slot) -> None:
        while waiting:
            key = waiting.popleft()
            report(key, False)
            try:
                study = await _run_study(slot, plan, key, content)
            except Fatal as fatal:
                outcome.fatal = outcome.fatal or (key, fatal)
                raise _Ended from fatal
            outcome.finished.setdefault(key, []).append(study)
            report(key, True)

    async with AsyncExitStack() as stack:
        self_test = SelfTest(engine, settings)
        cpus = [Cpu(number) for number in range(min(settings.slots, os.cpu_count() or 1, len(waiting)))]
        slots = [await stack.enter_async_context(Slot(engine, self_test, settings, cpu)) for cpu in cpus]
        try:
            async with asyncio.TaskGroup() as tasks:
                for slot in slots:
                    tasks.create_task(work(slot))
        except* _Ended:
            pass
        except* InfrastructureFailure as failures:
            raise failures.exceptions[0] from None


async def _run_study(slot: Slot, plan: Plan, key: Key, content: bytes) -> StudyResult:
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
            optimizer_seed=optimizer_seed(plan.seed, box, number, hashlib.sha256(content).hexdigest()),
            limits=plan.limits,
        )
        try:
            return await slot.run_study(spec, content)
        except InfrastructureFailure:
            if attempt == ATTEMPTS:
                raise
            attempt += 1


def judge(plan: Plan, outcome: Outcome, refusal: str | None) -> Body:
    """Return what the platform would say, as one object."""
    losses = {
        key: study_loss(outcome.finished[key][0].visible, plan.scales[key[0]].clip, plan.scales[key[0]].best)
        for key in sorted(outcome.finished)
    }
    by_box = {box: [loss for (of, _), loss in losses.items() if of == box] for box in sorted(plan.scales)}
    means = {box: math.fsum(each) / len(each) for box, each in by_box.items() if each}
    score = submission_score(list(means.values())) if means else None
    verdict = None if refusal else outcome.fatal[1].verdict if outcome.fatal else Verdict.SCORED
    return {
        "scored": verdict == Verdict.SCORED,
        "refused": refusal,
        "verdict": verdict,
        "verdict_sentence": VERDICTS[verdict].sentence if verdict else None,
        "fatal": _fatal_body(*outcome.fatal) if outcome.fatal else None,
        "score": score.score if score else None,
        "interval": [score.low, score.high] if score and score.low is not None else None,
        "boxes": [{"box": box, "studies": len(by_box[box]), "score": 100 * (1 - mean)} for box, mean in means.items()],
        "studies": (studies := [_study_body(key, outcome.finished[key], loss) for key, loss in losses.items()]),
        "studies_total": len(plan.keys),
        "deterministic": all(each["same_again"] is not False for each in studies) if plan.twice and studies else None,
        "warnings": outcome.warnings,
        "n_calls": plan.n_calls,
        "n_suggestions": plan.n_suggestions,
        "seed": plan.seed,
        "limits": plan.limits.model_dump(),
        "images": outcome.images,
        "code_version": code_version(),
    }


def _fatal_body(key: Key, fatal: Fatal) -> Body:
    where = {"box": key[0], "study": key[1], "stage": fatal.stage, "iteration": fatal.iteration}
    return {**where, "detail": fatal.detail, "log": fatal.log}


def _study_body(key: Key, results: Sequence[StudyResult], loss: float) -> Body:
    first = results[0]
    iterations = [sum(pair) for pair in zip(first.suggest_time_s, first.observe_time_s, strict=True)]
    return {
        "box": key[0],
        "study": key[1],
        "score": 100 * (1 - loss),
        "construct_time_s": first.construct_time_s,
        "suggest_time_s": math.fsum(first.suggest_time_s),
        "observe_time_s": math.fsum(first.observe_time_s),
        "study_time_s": first.construct_time_s + math.fsum(iterations),
        "worst_iteration_s": max(iterations),
        "worst_iteration": iterations.index(max(iterations)) + 1,
        "timed_out": first.timed_out,
        "suggest_errors": first.suggest_errors,
        "observe_errors": first.observe_errors,
        "same_again": _traces(first) == _traces(results[1]) if len(results) > 1 else None,
        "log": first.log,
    }


def _traces(study: StudyResult) -> str:
    """What must be the same, bit for bit, when a study runs again; as text, because a NaN differs from itself."""
    return json.dumps([study.suggestions, study.visible, study.generalization])
