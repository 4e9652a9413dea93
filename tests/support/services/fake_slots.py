"""Slots and an engine without containers, that do what a test needs."""

import asyncio
import zipfile
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from arena.sandbox.fixed_limits import BLACKBOX_MEMORY_BYTES
from arena.sandbox.study import Fatal, InfrastructureFailure, StudyOutcome, StudySpec
from arena.words.verdicts import Verdict
from benchmarks.stack.null_engine import FixedSlots, NullEngine, NullSlot
from shared.messages import Suggestion
from shared.shard_class import GIBIBYTE


class SlowSlot(NullSlot):
    """Holds each study until told to go on."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.stopped = asyncio.Event()

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        return await super().run_study(spec, zip_file, dataset_bytes)


class HeldAfter(SlowSlot):
    """Finishes so many studies at once, and holds the next until told to go on."""

    def __init__(self, studies: int) -> None:
        super().__init__()
        self._left = studies

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        if self._left > 0:
            self._left -= 1
            return await NullSlot().run_study(spec, zip_file, dataset_bytes)
        return await super().run_study(spec, zip_file, dataset_bytes)


class StatedLossSlot(NullSlot):
    """Answers each study with the loss that the zip's optimizer.py states, as `LOSS = 0.5`."""

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        outcome = await super().run_study(spec, zip_file, dataset_bytes)
        with zipfile.ZipFile(zip_file) as archive:
            loss = float(archive.read("optimizer.py").decode().partition("=")[2])
        losses = [[loss] * spec.n_suggestions] * spec.n_calls
        points: list[list[Suggestion]] = [[{"max_depth": 7} for _ in each] for each in losses]
        return replace(outcome, visible=losses, generalization=losses, suggestions=points)


class FailingSlot(NullSlot):
    """Ends each study with an error."""

    def __init__(self, error: Callable[[], Exception]) -> None:
        self._error = error

    async def run_study(self, *_: object) -> StudyOutcome:
        raise self._error()


class FatalAfterOne(NullSlot):
    """Finishes one study; the next is fatal, when it is told to go on."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self._finished = 0

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        if self._finished:
            await self.go.wait()
            raise Fatal(Verdict.PROCESS_DIED, "exit code 1")
        self._finished += 1
        return await super().run_study(spec, zip_file, dataset_bytes)


class RememberingSlot(NullSlot):
    """Keeps what it was handed for each data set."""

    def __init__(self) -> None:
        self.handed: set[tuple[str | None, bytes]] = set()

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        self.handed.add((spec.dataset_sha256, dataset_bytes))
        return await super().run_study(spec, zip_file, dataset_bytes)


class StudyMeter:
    """Counts studies by their CPUs, and the most CPUs and memory that were in use at once.

    It holds those of some environments.
    """

    def __init__(self, hold: Collection[str] = ()) -> None:
        self.studies = Counter[int]()
        self.most_cpus = 0
        self.most_memory_gib = 0.0
        self.held = asyncio.Event()
        self.go = asyncio.Event()
        self._hold = hold
        self._in_use = 0
        self._memory_in_use_bytes = 0

    async def run(self, spec: StudySpec) -> None:
        self.studies[spec.cpus] += 1
        self._in_use += spec.cpus
        self.most_cpus = max(self.most_cpus, self._in_use)
        memory_bytes = spec.limits.memory_limit_bytes + BLACKBOX_MEMORY_BYTES
        self._memory_in_use_bytes += memory_bytes
        self.most_memory_gib = max(self.most_memory_gib, self._memory_in_use_bytes / GIBIBYTE)
        if spec.environment in self._hold:
            self.held.set()
            await self.go.wait()
        await asyncio.sleep(0.001)  # so that others may run beside it
        self._in_use -= spec.cpus
        self._memory_in_use_bytes -= memory_bytes


class MeteredSlot(NullSlot):
    """Says what it runs, on as many CPUs as the study has."""

    def __init__(self, meter: StudyMeter) -> None:
        self._meter = meter

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        await self._meter.run(spec)
        return await super().run_study(spec, zip_file, dataset_bytes)


class LateSlots(FixedSlots):
    """Has a slot for each CPU that is freed, and none before."""

    def __init__(self) -> None:
        super().__init__([])

    def free_a_cpu(self) -> None:
        self._closed.append(NullSlot())


class BrokenEngine(NullEngine):
    """Ready until it breaks down, and again when it has no reason not to be."""

    reason: str | None = None

    def break_down(self) -> InfrastructureFailure:
        self.reason = "self-test: seccomp is gone"
        return InfrastructureFailure("a container did not start")

    async def check(self, *, thorough: bool = False) -> str | None:  # noqa: ARG002
        return self.reason
