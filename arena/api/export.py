"""The export of a phase, a stream of a header and a line for every study; and what is kept, dropped and archived."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from arena.api.body import Body, Interval, Page, example, example_of
from arena.words.cut_off import TimeLimit
from arena.words.environments import DEFAULT_ENVIRONMENT
from arena.words.names import name_test_case
from arena.words.states import LOST_WITH, DataKind


class DroppedData(Body):
    """Data that was dropped: when last, and by whose token."""

    model_config = example(kind="logs", dropped_at="2026-12-01T10:00:00Z", dropped_by="ARENA_ORGANIZER_TOKEN")
    kind: DataKind
    dropped_at: datetime
    dropped_by: str


class ExportBaseline(Body):
    """The baseline set that the phase's scores refer to; an organizer run has none."""

    model_config = example(name="official", version=2)
    name: str | None
    version: int | None


class ExportBox(Body):
    """A black box by its real name; its signature is null until a study has run on it."""

    model_config = example(box="box-07", model="kNN", dataset="iris", metric="acc", signature=[0.1, 0.2, 0.3, 0.4, 0.5])
    box: str
    model: str
    dataset: str
    metric: str
    signature: list[float] | None
    family: str = "sklearn"

    @property
    def test_case(self) -> str:
        """Bayesmark's name of the test problem."""
        return name_test_case(self.model, self.dataset, self.metric)


class ExportHeader(Body):
    """The first line of an export. `suggestions_dropped` says who dropped the suggestions, if somebody has."""

    model_config = example(
        competition="spring",
        phase="feedback",
        n_calls=16,
        n_suggestions=8,
        baseline=example_of(ExportBaseline),
        boxes=[example_of(ExportBox)],
    )
    competition: str
    phase: str
    n_calls: int
    n_suggestions: int
    baseline: ExportBaseline
    boxes: list[ExportBox]
    suggestions_dropped: DroppedData | None = None


class ExportStudy(Body):
    """A line of an export: one study, with the losses and times of each iteration's suggestions.

    Times, suggestions and `cut_off_by`, the limit past which the optimizer was cut off, are left out if only losses are
    asked for. Suggestions are null where they were dropped. Infinite losses are written as `Infinity`.
    """

    model_config = example(
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        team="Gaussians",
        environment="modern",
        box="box-07",
        study=0,
        visible=[[0.4, 0.3], [0.35, 0.2]],
        generalization=[[0.5, 0.3], [0.4, 0.2]],
    )
    submission_id: UUID
    team: str
    environment: str = DEFAULT_ENVIRONMENT
    box: str
    study: int
    visible: list[list[float]]
    generalization: list[list[float]]
    eval_time_s: list[list[float]] | None = None
    evaluation_cpu_s: float | None = None
    suggest_time_s: list[float] | None = None
    observe_time_s: list[float] | None = None
    suggestions: list[list[dict[str, Any]]] | None = None
    cut_off_by: TimeLimit | None = None


class KeptData(Body):
    """Data that can be dropped: how much of it there is, and what cannot be done without it."""

    model_config = example(
        kind="logs", rows=3608, size_bytes=52_000_000, lost_with_it=LOST_WITH[DataKind.LOGS], dropped=None
    )
    kind: DataKind
    rows: int
    size_bytes: int
    lost_with_it: str
    dropped: DroppedData | None


class Retention(Body):
    """What a competition keeps that its scores do not need. `unfinished` says why nothing of it may be dropped yet."""

    model_config = example(competition="spring", unfinished=None, data=[example_of(KeptData)])
    competition: str
    unfinished: str | None
    data: list[KeptData]


class NewDrop(Body):
    """What to drop."""

    model_config = example(kind="logs")
    kind: DataKind


class DropProgress(Body):
    """What one request has dropped; `submissions_left` still have data of this kind, so ask again until it is 0."""

    model_config = example(kind="logs", rows=1200, size_bytes=18_000_000, submissions_left=0)
    kind: DataKind
    rows: int
    size_bytes: int
    submissions_left: int = Field(ge=0)


class ArchivedSubmission(Body):
    """A scored submission. `zip_published` is true if its team agreed that the zip goes into the archive.

    `counting` is true if it stood for its team on the phase's leaderboard. `origin_id` is the submission that was run
    again, in a final or for a rescoring, and `origin_phase` the phase of the first in this line: of a final, another.
    """

    model_config = example(
        id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        phase="feedback",
        team="Gaussians",
        score=92.4,
        interval=[90.1, 94.7],
        environment="modern",
        studies_total=300,
        zip_sha256="9f" * 32,
        zip_published=True,
        origin_id=None,
        origin_phase=None,
        created_at="2026-07-09T08:30:00Z",
        ended_at="2026-07-09T09:10:00Z",
        counting=True,
    )
    id: UUID
    phase: str
    team: str
    score: float | None
    interval: Interval | None
    environment: str
    studies_total: int
    zip_sha256: str
    zip_published: bool
    origin_id: UUID | None
    origin_phase: str | None = None
    created_at: datetime
    ended_at: datetime
    counting: bool


class ArchivedSubmissionPage(Page):
    """The scored submissions of a finished competition, by id."""

    model_config = example(submissions=[example_of(ArchivedSubmission)], next=None)
    submissions: list[ArchivedSubmission]
