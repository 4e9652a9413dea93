"""The document that defines a competition, as `arena competition apply` sends it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from arena.api.body import Body, example, example_of
from arena.words.environments import DEFAULT_ENVIRONMENT, SKLEARN, ParameterNames
from arena.words.limits import Cpus, Limits
from arena.words.names import ONE_LINE_PATTERN, Domain, Environment, FamilyName, Label, Name, name_test_case

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Runtime = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""A name of a container's runtime, as the engine allows it."""
Description = Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")]
"""What a competition's page says of it, in Markdown."""
Title = Annotated[str, Field(min_length=1, max_length=80, pattern=ONE_LINE_PATTERN)]
"""Any text on one line; it is no part of an address."""
DATASET_PATTERN = r"^(clf|reg)-[A-Za-z0-9.-]+$"
"""Bayesmark reads the kind of a data set from its name, and joins names with underscores."""


class BlackBox(Body):
    """A test problem and its opaque label.

    Bayesmark's own, of the family `sklearn`, has a model, a data set and a metric; one of another family has the name
    by which the family knows it, and the known optimum of its visible loss as `best`, where there is one.
    """

    model_config = example(label="box-07", model="kNN", dataset="iris", metric="acc")

    label: Label
    family: FamilyName = SKLEARN
    model: Name | None = None
    dataset: Name | None = None
    metric: Name | None = None
    problem: Name | None = None
    best: Annotated[float, Field(allow_inf_nan=False)] | None = None

    @property
    def parts(self) -> tuple[str, str, str]:
        """Model, data set and metric; the name of a family's problem stands for the model."""
        return self.problem or self.model or "", self.dataset or "", self.metric or ""

    @property
    def test_case(self) -> str:
        """The name of the test problem."""
        return name_test_case(*self.parts)


class Dataset(Body):
    """One of the organizer's own data sets, by the hash of its CSV file."""

    model_config = example(name="clf-cells", sha256="9f" * 32)

    name: Annotated[str, Field(max_length=60, pattern=DATASET_PATTERN)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Phase(Body):
    """A phase. Without times it is always open; a quota of null does not limit.

    On a practice phase teams see logs, so its black boxes are not secret and may be in no other phase.
    `environments` are those that optimizers may run in, the default first. Each has `cpus`. Where parameter names are
    hidden, it sees `x0`, `x1` and so on. `runtime` is that of its container; null means the runner's own.
    """

    model_config = example(
        name="feedback",
        baseline="official@1",
        boxes=["box-07"],
        studies_per_box=10,
        opens_at="2026-07-01T12:00:00Z",
        closes_at="2026-10-15T12:00:00Z",
        attempts_per_day=10,
    )

    name: Label
    visibility: Literal["public", "organizer"] = "public"
    practice: bool = False
    baseline: str = Field(max_length=100)
    boxes: Annotated[list[Label], Field(min_length=1)]
    n_calls: Count = 16
    n_suggestions: Count = 8
    studies_per_box: Count
    studies_per_shard: Count = 1
    limits: Limits = Limits()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_per_day: Count | None = None
    scored_per_day: Count | None = None
    active_submissions: Count | None = None
    counting: Literal["best", "chosen"] = "best"
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    environments: list[Environment] = Field(default_factory=lambda: [DEFAULT_ENVIRONMENT], min_length=1, max_length=20)
    cpus: Cpus = 1
    parameter_names: ParameterNames = "visible"
    runtime: Runtime | None = None


class Board(Body):
    """A ranking of one phase's submissions by a rule of its own, beside the phase's leaderboard.

    It scores those of the phase's black boxes that are of one of `families` or named in `boxes`; all where it names
    neither. Its scores are those after `after_iterations` iterations; null means all. A board of the generalization
    loss is the organizers' until that loss is revealed.
    """

    model_config = example(
        name="after-four", title="After four iterations", phase="feedback", boxes=["box-07"], after_iterations=4
    )

    name: Label
    title: Title
    phase: Label
    visibility: Literal["public", "organizer"] = "public"
    families: list[FamilyName] = Field(default_factory=list, max_length=20)
    boxes: list[Label] = Field(default_factory=list)
    after_iterations: Count | None = None
    objective: Literal["visible", "generalization"] = "visible"


class BoardBaseline(Body):
    """An optimizer of the organizer's that leaderboards and boards show without a rank, by the hash of its zip."""

    model_config = example(name="Random search", sha256="9f" * 32, environment="small")

    name: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    environment: Environment = DEFAULT_ENVIRONMENT


class Registration(Body):
    """Whether people sign up by themselves, and which rules, in Markdown, they have to accept.

    Whoever has an address in one of the domains may take part at once. Others wait for an organizer's approval, or, if
    none is needed, take part at once where no domains are named, and not at all where some are.
    """

    model_config = example(open=True, domains=["uni.example"], approval=True, rules="One team each.", merge_until=None)

    open: bool = False
    domains: list[Domain] = Field(default_factory=list, max_length=200)
    approval: bool = True
    rules: Description = ""
    merge_until: AwareDatetime | None = None


class Competition(Body):
    """A competition, with a description in Markdown.

    It may have no phases yet: then it only holds the black boxes that the organizer plans with.
    """

    model_config = example(
        name="Spring challenge",
        description="Tune **60 models** that you do not see.",
        seed="a secret",
        datasets=[],
        black_boxes=[example_of(BlackBox)],
        phases=[example_of(Phase)],
        boards=[example_of(Board)],
        baseline_rows=[example_of(BoardBaseline)],
        registration=example_of(Registration),
    )

    name: Name
    description: Description = ""
    seed: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    datasets: Annotated[list[Dataset], Field(default_factory=list)]
    black_boxes: Annotated[list[BlackBox], Field(min_length=1)]
    phases: Annotated[list[Phase], Field(default_factory=list)]
    boards: Annotated[list[Board], Field(default_factory=list, max_length=20)]
    baseline_rows: Annotated[list[BoardBaseline], Field(default_factory=list, max_length=10)]
    registration: Registration = Registration()
