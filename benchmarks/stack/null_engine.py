"""A runner's slot and engine without containers: what remains is the platform's own cost."""

import functools
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from arena.sandbox.study import StudyOutcome, StudySpec
from arena.words.environments import DEFAULT_ENVIRONMENT
from arena.words.execution import Provenance, Usage
from services.runner.shard_run import StudySlot
from shared.messages import Suggestion

DIFFERENT_STUDIES = 64
NULL_PROVENANCE = Provenance(optimizer_image="none", blackbox_image="none", code_version="none", runtime="none")
NULL_MEMORY_BYTES = 24 * 1024**3
NULL_ENVIRONMENTS = {DEFAULT_ENVIRONMENT: f"sha256:{'0' * 64}"}


class NullEngine:
    """An engine that is always available, and has one environment."""

    shortage: str | None = None

    def __init__(
        self, environments: Mapping[str, str] = NULL_ENVIRONMENTS, memory_bytes: int = NULL_MEMORY_BYTES
    ) -> None:
        self.environments = dict(environments)
        self.families: dict[str, str] = {}
        self.memory_bytes = memory_bytes

    async def check(self, *, thorough: bool = False) -> str | None:  # noqa: ARG002
        """Return None: ready."""
        return None


class NullSlot:
    """Answers a study at once, with losses drawn from its seed and a result of the usual size."""

    def beside(self, other: StudySlot) -> StudySlot:  # noqa: ARG002
        """Return this slot, because nothing here uses a CPU."""
        return self

    def running_study(self) -> None:
        """Return None, because nothing here writes a log."""

    async def run_study(
        self,
        spec: StudySpec,
        zip_file: Path,  # noqa: ARG002
        dataset_bytes: bytes = b"",  # noqa: ARG002
    ) -> StudyOutcome:
        """Return losses uniform in [0, 1), which depend on the seed modulo a small number."""
        shape = (spec.n_calls, spec.n_suggestions)
        losses = _losses(spec.seed % DIFFERENT_STUDIES, *shape)
        return StudyOutcome(
            visible=losses,
            generalization=losses,
            eval_time_s=losses,
            evaluation_cpu_s=1.0,
            suggest_time_s=[0.001] * spec.n_calls,
            observe_time_s=[0.001] * spec.n_calls,
            construct_time_s=0.1,
            suggestions=_suggestions(*shape),
            cut_off_by=None,
            suggest_errors=0,
            observe_errors=0,
            signature=[0.1, 0.2, 0.3, 0.4, 0.5] if spec.signature_wanted else None,
            log="",
            usage=Usage(),
            provenance=NULL_PROVENANCE,
        )


class FixedSlots:
    """Slots that need no CPU, so all of them can be opened at once."""

    shortage = None

    def __init__(self, slots: Sequence[StudySlot]) -> None:
        self._closed = list(slots)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing, because nothing was started."""

    async def open(self) -> Sequence[StudySlot]:
        """Return all slots at the first call, none later."""
        slots, self._closed = self._closed, []
        return slots


@functools.cache
def _losses(seed: int, n_calls: int, n_suggestions: int) -> list[list[float]]:
    draw = random.Random(seed)  # noqa: S311 - not a secret
    return [[draw.random() for _ in range(n_suggestions)] for _ in range(n_calls)]


@functools.cache
def _suggestions(n_calls: int, n_suggestions: int) -> list[list[Suggestion]]:
    return [[{"max_depth": 7, "min_impurity": 0.123456789, "kernel": "rbf"}] * n_suggestions] * n_calls
