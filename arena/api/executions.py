"""Executions: every attempt at a shard, with its studies and their logs, and its replays."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from arena.api.body import Body, Page, example, example_of
from arena.api.export import DroppedData
from arena.api.submissions import BaselineVersion, Submission
from arena.words.cut_off import TimeLimit
from arena.words.environments import DEFAULT_ENVIRONMENT, ParameterNames
from arena.words.execution import Provenance
from arena.words.limits import Limits
from arena.words.states import ExecutionState, PhaseKind, SubmissionState
from arena.words.verdicts import Verdict

EXECUTION = "0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10:1"
PROVENANCE = {
    "optimizer_image": "sha256:1f0c",
    "blackbox_image": "sha256:77ab",
    "code_version": "1.0.0",
    "runtime": "runc",
}


class ExecutionUsage(Body):
    """What an execution's studies used in total; null where nothing is known.

    `cpu_s` and `memory_peak_bytes` are those of the optimizer's container.
    """

    model_config = example(
        cpu_s=4.2,
        memory_peak_bytes=180_000_000,
        construct_time_s=0.1,
        suggest_time_s=2.9,
        observe_time_s=0.4,
        eval_time_s=31.5,
    )
    cpu_s: float | None
    memory_peak_bytes: int | None
    construct_time_s: float | None
    suggest_time_s: float | None
    observe_time_s: float | None
    eval_time_s: float | None


class Execution(Body):
    """An attempt at a shard. Its `id` is `SHARD_ID:ATTEMPT`.

    While it is under way, its outcome is `released` or `running` and it has no end. `optimizer_image` is the digest of
    the image of its `environment` in which it ran; null until that is known.
    """

    model_config = example(
        id=EXECUTION,
        shard_id=EXECUTION.partition(":")[0],
        attempt=1,
        competition="spring",
        phase="feedback",
        team="Gaussians",
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        filename="turbo.zip",
        environment="modern",
        optimizer_image="sha256:9f86d081884c7d65",
        phase_kind="competition",
        box="box-07",
        model="kNN",
        dataset="iris",
        metric="acc",
        first_study=0,
        n_studies=1,
        studies_done=1,
        studies_timed_out=0,
        n_calls=16,
        n_suggestions=8,
        runner="runner-1",
        outcome="done",
        verdict=None,
        detail="",
        released_at="2026-07-09T08:30:00Z",
        taken_at="2026-07-09T08:30:01Z",
        ended_at="2026-07-09T08:31:00Z",
        limits=Limits().model_dump(),
        usage=example_of(ExecutionUsage),
    )
    id: str
    shard_id: UUID
    attempt: int
    competition: str
    phase: str
    team: str
    submission_id: UUID
    filename: str
    environment: str = DEFAULT_ENVIRONMENT
    optimizer_image: str | None = None
    phase_kind: PhaseKind
    box: str
    model: str
    dataset: str
    metric: str
    first_study: int
    n_studies: int
    studies_done: int
    studies_timed_out: int
    n_calls: int
    n_suggestions: int
    runner: str | None
    outcome: ExecutionState
    verdict: Verdict | None
    detail: str
    released_at: datetime | None
    taken_at: datetime | None
    ended_at: datetime | None
    limits: Limits
    usage: ExecutionUsage


class ExecutionPage(Page):
    """Executions, last released first."""

    model_config = example(executions=[example_of(Execution)], next=None)
    executions: list[Execution]


class StudyResult(Body):
    """The result of a study. Times are in seconds: one for each iteration, in `eval_time_s` one for each evaluation.

    `cut_off_by` is the limit past which the optimizer was cut off, if it `timed_out`.
    """

    model_config = example(
        study=0,
        score=88.0,
        timed_out=False,
        cut_off_by=None,
        suggest_errors=0,
        observe_errors=0,
        construct_time_s=0.1,
        suggest_time_s=[0.2, 0.3],
        observe_time_s=[0.01, 0.01],
        eval_time_s=[[0.02, 0.03], [0.02, 0.02]],
        cpu_s=4.2,
        memory_peak_bytes=180_000_000,
        finished_at="2026-07-09T08:31:00Z",
    )
    study: int
    score: float | None
    timed_out: bool
    cut_off_by: TimeLimit | None
    suggest_errors: int
    observe_errors: int
    construct_time_s: float
    suggest_time_s: list[float]
    observe_time_s: list[float]
    eval_time_s: list[list[float]]
    cpu_s: float | None
    memory_peak_bytes: int | None
    finished_at: datetime


class ExecutionStudy(Body):
    """A study of an execution: the seeds of both sides, its result if it has one, and what the optimizer wrote."""

    model_config = example(study=0, seed=11, optimizer_seed=12, finished=example_of(StudyResult), log="")
    study: int
    seed: int
    optimizer_seed: int
    finished: StudyResult | None
    log: str


class ExecutionRecord(Execution):
    """Everything stored of an execution: what its losses depend on, what ran it, and its studies."""

    model_config = example(
        **example_of(Execution),
        blob_sha256="9f" * 32,
        dataset_sha256=None,
        revision=3,
        origin_id=None,
        competition_seed="a secret",
        parameter_names="visible",
        baseline=example_of(BaselineVersion),
        provenance=PROVENANCE,
        studies=[example_of(ExecutionStudy)],
    )
    blob_sha256: str
    dataset_sha256: str | None
    revision: int | None
    origin_id: UUID | None
    competition_seed: str
    parameter_names: ParameterNames
    baseline: BaselineVersion | None
    provenance: Provenance | None
    studies: list[ExecutionStudy]


class StartedReplay(Body):
    """A replay of an execution and the submission that carries it out; `new` is false if one was already under way."""

    model_config = example(execution=EXECUTION, new=True, submission=example_of(Submission))
    execution: str
    new: bool
    submission: Submission


class ReplayDifference(Body):
    """Where a replay first differs: the study, the value, and the iteration, counted from 1.

    If `timed_out` is true, the reason may be the time limit and not the optimizer.
    """

    model_config = example(study=0, what="suggestions", iteration=3, timed_out=False)
    study: int | None
    what: Literal["missing", "suggestions", "visible", "generalization", "verdict"]
    iteration: int | None
    timed_out: bool


class ReplayProvenance(Body):
    """What ran the execution, and what ran its replay."""

    model_config = example(execution=PROVENANCE, replay=PROVENANCE)
    execution: Provenance | None
    replay: Provenance | None


class ReplayComparison(Body):
    """Whether a replay is identical to its execution, bit for bit.

    `identical` is null while the replay runs, or if it was stopped. `provenance_differs` names what differs in the
    platform itself. Suggestions that were dropped are not compared, and `suggestions_dropped` says by whom.
    """

    model_config = example(
        execution=EXECUTION,
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        replay="6b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10:1",
        state="scored",
        identical=True,
        studies_compared=1,
        differences=[],
        provenance=example_of(ReplayProvenance),
        provenance_differs=[],
        suggestions_dropped=None,
    )
    execution: str
    submission_id: UUID
    replay: str | None
    state: SubmissionState
    identical: bool | None
    studies_compared: int
    differences: list[ReplayDifference]
    provenance: ReplayProvenance
    provenance_differs: list[str]
    suggestions_dropped: DroppedData | None = None


class StudyLog(Body):
    """What an optimizer wrote in one study; of a long text only the end is kept, after a line that says so."""

    model_config = example(box="box-07", study=3, attempt=1, at="2026-07-09T08:31:00Z", log="fitted in 0.2 s\n")
    box: str
    study: int
    attempt: int
    at: datetime
    log: str


class StudyLogPage(Page):
    """The logs of a submission's studies, by black box, study and attempt."""

    model_config = example(logs=[example_of(StudyLog)], next=None)
    logs: list[StudyLog]
