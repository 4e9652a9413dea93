"""Checks an organizer's own family: `arena problem check`, and `arena competition apply` before it changes anything."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.failure import Failure
from arena.family.findings import FamilyFindings, ProblemFigures, Refusal
from arena.family.image import RequirementsRefused, build_family_image, find_folder_fault
from arena.family.trial import FamilyRefused, Trial, start_trial
from arena.images.docker import BuildFailed
from arena.rules.seeds import study_seed
from arena.sandbox.container_config import Cpu
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.fixed_limits import BLACKBOX_MEMORY_BYTES
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure

PROBLEM_NAME = r"^[A-Za-z0-9][A-Za-z0-9.-]{0,59}$"
"""Of a problem: it is part of file names, and Bayesmark joins names with underscores."""
SEED = "problem check"

Report = Callable[[str, int, int], None]
"""Told of each evaluation: the problem, how many are done and of how many."""


@dataclass(frozen=True)
class CheckSize:
    """How much is tried: points of each problem, and the memory that its container may have."""

    random_points: int = 8
    corners: int = 16
    memory_bytes: int = BLACKBOX_MEMORY_BYTES


async def check_family(
    folder: Path,
    settings: SandboxSettings,
    *,
    problems: Collection[str] | None = None,
    size: CheckSize | None = None,
    report: Report = lambda *_: None,
) -> FamilyFindings:
    """Build the image of a family's folder and try its problems, all of them or those named.

    Raises Failure when this machine is not up to it; what is wrong with the family is in the findings.
    """
    findings = FamilyFindings()
    if fault := find_folder_fault(folder):
        findings.refusals.append(Refusal("no_problem_file", fault))
        return findings
    try:
        findings.image = await asyncio.to_thread(build_family_image, folder, settings.blackbox_image)
        async with connect_engine(settings) as engine, _claimed_cpu(engine, settings) as cpu:
            check = _Check(engine, settings, cpu, findings, size or CheckSize(), report)
            await check.run(problems)
    except RequirementsRefused as reason:
        what = f"Expected to install requirements.txt beside Bayesmark's pinned packages; pip says:\n{reason}"
        findings.refusals.append(Refusal("cannot_install", what))
    except (BuildFailed, InfrastructureFailure) as failure:
        raise Failure(f"Expected this machine to try the family in its containers; {failure}") from failure
    return findings


@asynccontextmanager
async def _claimed_cpu(engine: Engine, settings: SandboxSettings) -> AsyncIterator[Cpu]:
    claims = CpuClaims(engine, settings)
    try:
        if reason := await claims.claim(1):
            raise InfrastructureFailure(reason)
        yield claims.cpus[0]
    finally:
        await claims.release()


class _Check:
    """One check: every problem in a first container, in two orders, then in a fresh one."""

    def __init__(
        self,
        engine: Engine,
        settings: SandboxSettings,
        cpu: Cpu,
        findings: FamilyFindings,
        size: CheckSize,
        report: Report,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._cpu = cpu
        self._findings = findings
        self._size = size
        self._report = report
        self._described: dict[str, dict[str, Any]] = {}

    async def run(self, wanted: Collection[str] | None) -> None:
        """Fill in the findings. What is found about one problem hides nothing of another, while there is an answer."""
        try:
            async with self._trial() as trial:
                names = await trial.list_names()
                if not self._accept_names(names, wanted):
                    return
                tried = [name for name in names if wanted is None or name in wanted]
                good = [name for name in tried if await self._accept(self._try(trial, name))]
            async with self._trial() as fresh:
                await fresh.list_names()
                for name in good:
                    await self._accept(self._try_again(fresh, name))
        except FamilyRefused as refused:
            self._findings.refusals.append(refused.refusal)

    def _trial(self) -> Any:
        return start_trial(self._engine, self._settings, self._findings.image or "", self._cpu, self._size.memory_bytes)

    def _accept_names(self, names: Sequence[str], wanted: Collection[str] | None) -> bool:
        bad = [name for name in names if not re.fullmatch(PROBLEM_NAME, name)]
        what = f"Expected names of letters, digits, dots and hyphens, at most 60, from problems(); got {bad[:5]}."
        if bad:
            self._findings.refusals.append(Refusal("name_not_allowed", what))
        if missing := sorted(set(wanted or ()) - set(names)):
            what = f"Expected the problems {', '.join(missing)} from problems(); it has {', '.join(names[:20])}."
            self._findings.refusals.append(Refusal("problem_missing", what))
        return self._findings.accepted

    async def _accept(self, trying: Any) -> bool:
        """Wait for what tries a problem; note why it is refused. Raises FamilyRefused when the container is gone."""
        try:
            await trying
        except FamilyRefused as refused:
            if refused.gone:
                raise
            self._findings.refusals.append(refused.refusal)
            return False
        return True

    async def _try(self, trial: Trial, name: str) -> None:
        """Evaluate every point of a problem, then all of them again from the last to the first."""
        found = await trial.describe(name, self._size.random_points, self._size.corners)
        self._described[name] = found
        figures = ProblemFigures(name, len(found["api_config"]), found["best"])
        self._findings.problems.append(figures)
        points = found["points"]
        for number, point in enumerate(points):
            self._report(name, number, 3 * len(points))
            answer = await trial.evaluate(name, point, study_seed(SEED, name, number))
            figures.losses.append(answer["losses"])
            figures.seconds.append(answer["seconds"])
            figures.cpu_s.append(answer["cpu_s"])
            figures.memory_bytes = max(figures.memory_bytes, answer["memory_bytes"])
            self._require_bound(figures, point, answer["losses"][0])
        order = list(reversed(range(len(points))))
        await self._compare(trial, figures, order, "again in the same process, in another order", len(points))

    async def _try_again(self, trial: Trial, name: str) -> None:
        """Evaluate every point of a problem in a process that has done nothing else, in a third order."""
        found = await trial.describe(name, self._size.random_points, self._size.corners)
        if found != self._described[name]:
            what = "Expected the same search space and best loss in every process; a second one said something else."
            raise FamilyRefused(Refusal("not_deterministic", what, name))
        figures = next(each for each in self._findings.problems if each.name == name)
        numbers = range(len(found["points"]))
        order = [*numbers[1::2], *numbers[::2]]
        await self._compare(trial, figures, order, "in a fresh process", 2 * len(numbers))

    async def _compare(self, trial: Trial, figures: ProblemFigures, order: Sequence[int], how: str, done: int) -> None:
        name = figures.name
        for count, number in enumerate(order):
            self._report(name, done + count, 3 * len(order))
            point = self._described[name]["points"][number]
            losses = (await trial.evaluate(name, point, study_seed(SEED, name, number)))["losses"]
            if losses != figures.losses[number]:
                what = (
                    f"Expected the same losses whenever a point is evaluated under the same seed; got "
                    f"{figures.losses[number]} first and {losses} {how}. Take what is random from the global states "
                    "of random and numpy.random, and keep nothing between evaluations."
                )
                raise FamilyRefused(Refusal("not_deterministic", what, name, point))

    @staticmethod
    def _require_bound(figures: ProblemFigures, point: dict[str, Any], visible: float) -> None:
        best = figures.best
        if best is not None and visible < best and not math.isclose(visible, best, rel_tol=1e-9, abs_tol=1e-12):
            what = f"Expected best({figures.name!r}), {best}, to be the lowest visible loss; one point has {visible}."
            raise FamilyRefused(Refusal("best_is_no_bound", what, figures.name, point))
