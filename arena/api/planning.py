"""What an organizer plans with: baseline sets, organizer runs, the cost of evaluations and of what has run."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from arena.api.body import Body, Page, example, example_of
from arena.api.competition_document import Runtime
from arena.api.submissions import Submission
from arena.words.environments import DEFAULT_ENVIRONMENT, ParameterNames
from arena.words.limits import Cpus, Limits
from arena.words.names import Environment, Label
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict

DOCUMENT_EXAMPLE: dict[str, Any] = {"meta": {"signature": {}}, "data": {"data_vars": {}, "coords": {}}}


class BaselineDocument(Body):
    """A baseline set as `bayesmark-baseline` writes it: `meta` has the signatures, `data` clip and best."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [DOCUMENT_EXAMPLE]})
    meta: dict[str, Any]
    data: dict[str, Any]


class NewBaseline(Body):
    """A baseline set to import; the document is in Bayesmark's own format."""

    model_config = example(name="official", source="the 2020 challenge", document=DOCUMENT_EXAMPLE)
    name: Label
    source: str = Field(max_length=500, pattern=r"^[^\x00]*$")
    document: dict[str, Any]


class ImportedBaseline(Body):
    """The name and version under which a baseline set was stored."""

    model_config = example(name="official", version=2)
    name: str
    version: int


class BaselineSummary(Body):
    """A baseline set without its document."""

    model_config = example(name="official", version=2, source="the 2020 challenge", created_at="2026-07-01T12:00:00Z")
    name: str
    version: int
    source: str
    created_at: datetime


class BaselinePage(Page):
    """The baseline sets, by name and version."""

    model_config = example(baselines=[example_of(BaselineSummary)], next=None)
    baselines: list[BaselineSummary]


class BaselineNode(Body):
    """A step of a baseline build: random search or the strong optimizer on one black box, or combining their results.

    The combining node has no black box, purpose, submission or time; it alone has a `baseline`, once the set is made.
    """

    model_config = example(
        kind="strong",
        purpose="baseline-strong",
        box="box-07",
        key="5d41402abc4b2a76b9719d911017c592",
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        state="running",
        verdict=None,
        studies_done=3,
        studies_total=10,
        asked_at="2026-06-01T12:00:00Z",
        baseline=None,
    )
    kind: Literal["random", "strong", "combine"]
    purpose: str | None = None
    box: str | None
    key: str | None
    submission_id: UUID | None = None
    state: SubmissionState
    verdict: Verdict | None = None
    studies_done: int
    studies_total: int
    asked_at: datetime | None = None
    baseline: str | None = None


class BaselineGraph(Body):
    """The nodes of a competition's last baseline build; none if there was no build yet."""

    model_config = example(competition="spring", nodes=[example_of(BaselineNode)])
    competition: str
    nodes: list[BaselineNode]


class NewOrganizerRun(Body):
    """Which studies to run: on each black box `studies` of them, numbered from `first_study`.

    The same studies are not run twice, unless they are wanted `again`; boards then show the new ones.
    """

    model_config = example(
        purpose="estimate", boxes=["box-01", "box-02"], n_calls=16, n_suggestions=8, studies=1, first_study=0
    )
    purpose: Label
    boxes: Annotated[list[Label], Field(min_length=1)]
    n_calls: int = Field(ge=1, le=100_000)
    n_suggestions: int = Field(ge=1, le=10_000)
    studies: int = Field(default=1, ge=1, le=100_000)
    first_study: int = Field(default=0, ge=0, le=1_000_000)
    studies_per_shard: int = Field(default=1, ge=1, le=100_000)
    limits: Limits = Limits()
    environment: Environment = DEFAULT_ENVIRONMENT
    cpus: Cpus = 1
    parameter_names: ParameterNames = "visible"
    runtime: Runtime | None = None
    again: bool = False


class StartedOrganizerRun(Body):
    """An organizer run and the submission that carries it out; `new` is false if the same run existed already.

    `key` is the hash of everything that the losses depend on.
    """

    model_config = example(key="5d41402abc4b2a76b9719d911017c592", new=True, submission=example_of(Submission))
    key: str
    new: bool
    submission: Submission


class OrganizerRunSummary(Body):
    """An organizer run in a list; `document` is the request that started it."""

    model_config = example(
        key="5d41402abc4b2a76b9719d911017c592",
        purpose="estimate",
        document=example_of(NewOrganizerRun),
        created_at="2026-06-01T12:00:00Z",
        phase="organizer-run-7c9e6679-7425-40de-944b-e07fc1f90ae7",
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        state="scored",
        verdict="scored",
        studies_done=2,
        studies_total=2,
    )
    key: str
    purpose: str
    document: dict[str, Any]
    created_at: datetime
    phase: str
    submission_id: UUID
    state: SubmissionState
    verdict: Verdict | None
    studies_done: int
    studies_total: int


class OrganizerRunPage(Page):
    """The organizer runs of a competition, last requested first."""

    model_config = example(organizer_runs=[example_of(OrganizerRunSummary)], next=None)
    organizer_runs: list[OrganizerRunSummary]


class EvaluationCost(Body):
    """What one evaluation of a black box took on average in the organizer's own studies.

    Times are in seconds. `evaluation_s` is wall time, which other work on the machine lengthens. `evaluation_cpu_s` is
    CPU time; null if no study has measured it.
    """

    model_config = example(
        label="box-07",
        model="kNN",
        dataset="iris",
        metric="acc",
        studies=2,
        evaluations=256,
        evaluation_s=0.021,
        evaluation_cpu_s=0.019,
    )
    label: str
    model: str
    dataset: str
    metric: str
    studies: int
    evaluations: int
    evaluation_s: float
    evaluation_cpu_s: float | None


class EvaluationCosts(Body):
    """What evaluations cost on each black box that the organizer has run studies on."""

    model_config = example(costs=[example_of(EvaluationCost)])
    costs: list[EvaluationCost]


class Machines(Body):
    """How many machines the open work wants, how many runners there are, and how many there may be.

    `cpus_wanted` counts the shards that wait and those that run. A machine has one runner, with `slots` CPUs.
    `at_limit` says that there are as many runners as `limit` allows; null if the operator has stated no limit.
    """

    model_config = example(cpus_wanted=210, slots=2, wanted=105, ready=29, not_ready=1, limit=30, at_limit=True)
    cpus_wanted: int
    slots: int
    wanted: int
    ready: int
    not_ready: int
    limit: int | None
    at_limit: bool


class Spent(Body):
    """What executions took: every attempt, also those that failed or were handed back, and those that run now.

    `cpu_hours` is their time on a runner times their CPUs. `cost` is 0 if the operator has stated no price.
    """

    model_config = example(executions=310, cpu_hours=26.4, machine_hours=13.2, cost=5.28)
    executions: int
    cpu_hours: float
    machine_hours: float
    cost: float


class SpentOn(Spent):
    """What was spent on a phase, or by a team. What is of none, such as organizer runs, has a name in brackets."""

    model_config = example(name="feedback", **example_of(Spent))
    name: str


class SpentByTeam(SpentOn):
    """What was spent by a team, and how many machine-hours of that in each phase."""

    model_config = example(**{**example_of(SpentOn), "name": "Gaussians"}, phases={"feedback": 12.0, "final": 1.2})
    phases: dict[str, float]


class Spending(Body):
    """What a competition has cost so far, by phase and by team, the dearest first.

    `price` is of an hour of a machine with `slots` CPUs, as the operator has stated it.
    """

    model_config = example(
        competition="spring",
        slots=2,
        price=0.4,
        total=example_of(Spent),
        phases=[example_of(SpentOn)],
        teams=[example_of(SpentByTeam)],
    )
    competition: str
    slots: int
    price: float
    total: Spent
    phases: list[SpentOn]
    teams: list[SpentByTeam]
