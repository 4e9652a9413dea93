"""A study: what to run, what came of it, and the two ways in which it fails."""

from dataclasses import dataclass
from typing import Any, Protocol

from arena.words.cut_off import TimeLimit
from arena.words.environments import DEFAULT_ENVIRONMENT, SKLEARN
from arena.words.execution import Provenance, Usage
from arena.words.limits import Limits
from arena.words.states import Stage
from arena.words.text import clean_text
from arena.words.verdicts import FATAL_VERDICTS, Verdict

DETAIL_CHARS = 4000

Losses = list[list[float]]
"""Shape (n_calls, n_suggestions); `inf` stands for an evaluation that raised."""


@dataclass(frozen=True)
class StudySpec:
    """One study to run, with the seeds of its two sides.

    `execution` names the attempt at a shard that it belongs to, the `attempt`th. A problem of a `family` other than
    Bayesmark's own is named by `model` alone, and has no data set and no metric. `dataset_sha256` is the organizer's
    own data set, none for one that Bayesmark brings. `names_seed` draws the order in which the optimizer sees hidden
    parameter names, none for visible ones. `environment` is where the optimizer runs, with so many `cpus`; its
    `runtime` is that of the settings unless one is named here.
    """

    execution: str
    attempt: int
    study: int
    model: str
    dataset: str
    metric: str
    n_calls: int
    n_suggestions: int
    seed: int
    optimizer_seed: int
    limits: Limits
    family: str = SKLEARN
    dataset_sha256: str | None = None
    names_seed: int | None = None
    environment: str = DEFAULT_ENVIRONMENT
    cpus: int = 1
    runtime: str | None = None
    signature_wanted: bool = False


@dataclass(frozen=True)
class StudyOutcome:
    """The result of one study, as trusted code computed it.

    `suggest_time_s` and `observe_time_s` have shape (n_calls,); `suggestions` has n_calls lists of n_suggestions
    points. `evaluation_cpu_s` is the CPU time of all evaluations. `cut_off_by` is the limit that cut the optimizer off,
    if one did. `signature` is Bayesmark's five-evaluation signature of the test problem, where it was
    wanted. `log` is the end of what the optimizer wrote, without control characters.
    """

    visible: Losses
    generalization: Losses
    eval_time_s: Losses
    evaluation_cpu_s: float
    suggest_time_s: list[float]
    observe_time_s: list[float]
    construct_time_s: float
    suggestions: list[list[dict[str, Any]]]
    cut_off_by: TimeLimit | None
    suggest_errors: int
    observe_errors: int
    signature: list[float] | None
    log: str
    usage: Usage
    provenance: Provenance

    @property
    def timed_out(self) -> bool:
        """Whether the optimizer was cut off."""
        return self.cut_off_by is not None


@dataclass(frozen=True)
class BoxLosses:
    """Visible losses of the studies of one black box, and the losses that stand for a score of 0 and of 100."""

    clip: float
    best: float
    visible: list[Losses]


class Fatal(Exception):
    """The team's code ended its submission; detail and log are text that every store and page can carry."""

    def __init__(
        self, verdict: Verdict, detail: str, *, stage: Stage = Stage.LOAD, iteration: int = 0, log: str = ""
    ) -> None:
        if verdict not in FATAL_VERDICTS:
            raise ValueError(f"expected a fatal verdict, got {verdict}")
        self.verdict = verdict
        self.detail = clean_text(detail, DETAIL_CHARS)
        self.stage = stage
        self.iteration = iteration
        self.log = log
        self.usage = Usage()
        self.provenance: Provenance | None = None
        super().__init__(f"{verdict}: {self.detail}")


class InfrastructureFailure(Exception):
    """The platform's fault: the team pays nothing, and the study is tried again."""


class Writing(Protocol):
    """What a study's optimizer writes: `arena.sandbox.engine.stream.ContainerStream`."""

    @property
    def stderr_bytes(self) -> int:
        """How much it wrote so far."""
        ...

    def stderr_since(self, position: int) -> bytes:
        """What it wrote after this many bytes, as far as that is kept."""
        ...


@dataclass(frozen=True, eq=False)
class RunningStudy:
    """A study that runs now, and what its optimizer writes."""

    spec: StudySpec
    writing: Writing
