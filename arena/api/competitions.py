"""Competitions: what everybody may see of them, and how the organizer creates, changes and controls them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from arena.api.body import Body, Page, example, example_of
from arena.api.competition_document import BlackBox, Competition, Count
from arena.words.environments import ParameterNames
from arena.words.limits import Cpus, Limits
from arena.words.names import Environment, Label

Priority = Annotated[int, Field(ge=-1000, le=1000)]


class CompetitionSummary(Body):
    """A competition in a list."""

    model_config = example(slug="spring", name="Spring challenge")
    slug: str
    name: str


class CompetitionPage(Page):
    """The competitions that have a public phase, the oldest first."""

    model_config = example(competitions=[example_of(CompetitionSummary)], next=None)
    competitions: list[CompetitionSummary]


class CompetitionPhase(Body):
    """A phase as everybody may see it: its size, limits, quotas and times, and the opaque labels of its black boxes.

    `environments` are those that optimizers may run in, the default first. Where `parameter_names` are hidden, they see
    `x0`, `x1` and so on. `frozen_at` is since when the leaderboard is frozen for teams; null if it is not.
    """

    model_config = example(
        name="feedback",
        visibility="public",
        practice=False,
        n_calls=16,
        n_suggestions=8,
        studies_per_box=10,
        studies_per_shard=1,
        limits=Limits().model_dump(),
        opens_at="2026-07-01T12:00:00Z",
        closes_at="2026-10-15T12:00:00Z",
        attempts_per_day=10,
        scored_per_day=5,
        active_submissions=2,
        counting="best",
        environments=["small", "modern"],
        cpus=1,
        parameter_names="visible",
        frozen_at=None,
        is_open=True,
        boxes=["box-01", "box-02"],
    )
    name: str
    visibility: Literal["public", "organizer"]
    practice: bool
    n_calls: int
    n_suggestions: int
    studies_per_box: int
    studies_per_shard: int
    limits: Limits
    opens_at: datetime | None
    closes_at: datetime | None
    attempts_per_day: int | None
    scored_per_day: int | None
    active_submissions: int | None
    counting: Literal["best", "chosen"]
    environments: list[Environment]
    cpus: Cpus
    parameter_names: ParameterNames
    frozen_at: datetime | None
    is_open: bool
    boxes: list[str]


class CompetitionDescription(Body):
    """A competition with those of its phases that the caller may see. `description` is Markdown."""

    model_config = example(
        slug="spring",
        name="Spring challenge",
        description="Tune **60 models** that you do not see.",
        phases=[example_of(CompetitionPhase)],
    )
    slug: str
    name: str
    description: str
    phases: list[CompetitionPhase]


class EnvironmentPackages(Body):
    """The version of CPython in an environment, and its packages: version by name."""

    model_config = example(python="3.13", packages={"numpy": "2.2.4"})
    python: str
    packages: dict[str, str]


class Packages(Body):
    """Every package in the environments that this platform's version brings, and in the image of the black boxes."""

    model_config = example(environments={"modern": example_of(EnvironmentPackages)}, blackbox={"bayesmark": "0.0.8"})
    environments: dict[str, EnvironmentPackages]
    blackbox: dict[str, str]


class DocumentChange(Body):
    """A difference between a competition and a document: `+` is added, `-` is removed, `~` is changed."""

    model_config = example(sign="~", what="phase feedback: attempts_per_day", before=10, after=20)
    sign: Literal["+", "-", "~"]
    what: str
    before: Any = None
    after: Any = None


class DocumentProblem(Body):
    """A fault in a document: where it is, what is wrong, and what to do about it."""

    model_config = example(
        where="phases.1.n_calls",
        what="Phase 'feedback' has submissions, so n_calls stays 16 and does not become 32.",
        cure="Write n_calls = 16, or add a phase.",
    )
    where: str
    what: str
    cure: str


class CompetitionDiff(Body):
    """What applying a document would change, what would be refused, and which data sets to upload first.

    `remarks` are for people: what is allowed and may not be meant. `revision` is the number of the competition's last
    revision; null if there is no such competition yet.
    """

    model_config = example(
        revision=3,
        changes=[example_of(DocumentChange)],
        refusals=[example_of(DocumentProblem)],
        datasets_missing=[],
        remarks=["Phase 'feedback' allows the environment modern, which no runner has."],
    )
    revision: int | None
    changes: list[DocumentChange]
    refusals: list[DocumentProblem]
    datasets_missing: list[str]
    remarks: list[str] = Field(default=[])


class AppliedCompetition(Competition):
    """The competition after a document was applied, with a version for each baseline, and what has changed."""

    model_config = example(
        slug="spring",
        **example_of(Competition),
        revision=4,
        changes=[example_of(DocumentChange)],
        refusals=[],
        datasets_missing=[],
        remarks=[],
    )
    slug: str
    revision: int | None
    changes: list[DocumentChange]
    refusals: list[DocumentProblem]
    datasets_missing: list[str]
    remarks: list[str] = Field(default=[])


class Revision(Body):
    """A revision of a competition: the document that was applied, when, and by which version of the code."""

    model_config = example(
        revision=4, code_version="1.0.0", created_at="2026-07-01T12:00:00Z", document=example_of(Competition)
    )
    revision: int
    code_version: str
    created_at: datetime
    document: dict[str, Any]


class RevisionPage(Page):
    """The revisions of a competition, the newest first."""

    model_config = example(revisions=[example_of(Revision)], next=None)
    revisions: list[Revision]


class UploadedDataset(Body):
    """A data set that was checked and stored: its hash goes into the competition's document."""

    model_config = example(name="clf-cells", sha256="9f" * 32, n_rows=569, n_features=30)
    name: str
    sha256: str
    n_rows: int
    n_features: int


class StoredDataset(Body):
    """One of the organizer's own data sets."""

    model_config = example(
        name="clf-cells", blob_sha256="9f" * 32, n_rows=569, n_features=30, created_at="2026-07-01T12:00:00Z"
    )
    name: str
    blob_sha256: str
    n_rows: int
    n_features: int
    created_at: datetime


class DatasetPage(Page):
    """The data sets that are stored for a competition, by name."""

    model_config = example(datasets=[example_of(StoredDataset)], next=None)
    datasets: list[StoredDataset]


class BlackBoxPage(Page):
    """The black boxes of a competition by their real names, and the seed from which the seeds of all studies derive."""

    model_config = example(seed="a secret", black_boxes=[example_of(BlackBox)], next=None)
    seed: str
    black_boxes: list[BlackBox]


class FrozenPhase(Body):
    """Whether the leaderboard of a phase is frozen for all but organizers, and since when."""

    model_config = example(competition="spring", phase="feedback", frozen=True, frozen_at="2026-10-14T12:00:00Z")
    competition: str
    phase: str
    frozen: bool
    frozen_at: datetime | None


class RevealedGeneralization(Body):
    """Since when everybody may see what the generalization losses of a phase say."""

    model_config = example(competition="spring", phase="final", revealed_at="2026-10-20T12:00:00Z")
    competition: str
    phase: str
    revealed_at: datetime


class NewTeamQuota(Body):
    """Quotas for one team in a phase; null where the phase's quota applies."""

    model_config = example(phase="feedback", attempts_per_day=20, scored_per_day=None, active_submissions=None)
    phase: Label
    attempts_per_day: Count | None = None
    scored_per_day: Count | None = None
    active_submissions: Count | None = None


class ChangedTeamQuota(NewTeamQuota):
    """The quotas that a team now has for itself in a phase."""

    model_config = example(competition="spring", team="Gaussians", **example_of(NewTeamQuota))
    competition: str
    team: str


class NewPriority(Body):
    """What to add to the priority of a submission's phase. The highest sum runs first, across all teams."""

    model_config = example(priority=10)
    priority: Priority


class ChangedPriority(Body):
    """The priority that a submission now has within its phase."""

    model_config = example(submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7", priority=10)
    submission_id: UUID
    priority: int
