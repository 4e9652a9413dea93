"""Submissions: their state, their progress on each black box, and what their scores came from."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from arena.api.body import Body, Interval, Page, example, example_of
from arena.words.cut_off import TimeLimit
from arena.words.environments import DEFAULT_ENVIRONMENT, ParameterNames
from arena.words.states import SubmissionState
from arena.words.verdicts import Responsibility, Verdict

Curve = Annotated[list[float], Field(description="The mean score after each iteration, from the first on.")]


class CutOffCount(Body):
    """In how many studies the optimizer was cut off by a limit on its own time: `seconds` an iteration, or a study.

    Of such a study the best found before counts; if nothing was found, its score is 0.
    """

    model_config = example(limit="iteration", seconds=40, studies=2)
    limit: TimeLimit
    seconds: float
    studies: int


class Submission(Body):
    """One uploaded zip, scored in one phase.

    `score` is provisional until the state is `scored`. `queue_position` and `remaining_s`, the interval of seconds in
    which the submission will probably end, are estimates; they are null where nothing is known.
    It runs in `environment`; `optimizer_images` are the digests of the images in which its studies have run. With
    `publish_zip`, its team agrees that the zip is published with the competition's archive.
    `verdict_detail` is for the organizer, and on a practice phase for the team. `change` grows with every change.
    """

    model_config = example(
        id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        competition="spring",
        phase="feedback",
        team="Gaussians",
        filename="turbo.zip",
        environment="modern",
        optimizer_images=["sha256:9f86d081884c7d65"],
        state="running",
        verdict=None,
        verdict_sentence=None,
        verdict_fault=None,
        verdict_stage=None,
        verdict_iteration=None,
        verdict_detail=None,
        score=88.1,
        interval=[84.0, 92.2],
        provisional=True,
        chosen=False,
        studies_total=300,
        studies_done=120,
        studies_timed_out=0,
        cut_offs=[],
        suggest_errors=0,
        observe_errors=0,
        queue_position=None,
        remaining_s=[310, 520],
        created_at="2026-07-09T08:30:00Z",
        started_at="2026-07-09T08:30:02Z",
        ended_at=None,
        change=1042,
    )
    id: UUID
    competition: str
    phase: str
    team: str
    filename: str
    environment: str = DEFAULT_ENVIRONMENT
    optimizer_images: list[str] = Field(default=[])
    publish_zip: bool = False
    state: SubmissionState
    verdict: Verdict | None
    verdict_sentence: str | None
    verdict_fault: Responsibility | None
    verdict_stage: str | None
    verdict_iteration: int | None
    verdict_detail: str | None
    score: float | None
    interval: Interval | None
    provisional: bool
    chosen: bool
    studies_total: int
    studies_done: int
    studies_timed_out: int
    cut_offs: list[CutOffCount] = Field(default=[])
    suggest_errors: int
    observe_errors: int
    queue_position: int | None
    remaining_s: tuple[int, int] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    change: int


class SubmissionPage(Page):
    """Submissions, newest first: a team's own, or for an organizer everybody's."""

    model_config = example(submissions=[example_of(Submission)], next=None)
    submissions: list[Submission]


class OptimizerTime(Body):
    """The seconds of a study that the optimizer itself took: constructor, suggest and observe."""

    model_config = example(mean_s=1.4, max_s=2.0)
    mean_s: float
    max_s: float


class BoxProgress(Body):
    """A submission's progress on one black box: the finished studies, their mean score and its curve.

    `random` is random search's curve on this box; it is null where it would reveal which black box this is.
    """

    model_config = example(
        box="box-07",
        studies=10,
        score=88.0,
        timed_out=0,
        time=example_of(OptimizerTime),
        curve=[40.0, 70.0, 88.0],
        random=None,
    )
    box: str
    studies: int
    score: float | None
    timed_out: int
    time: OptimizerTime | None
    curve: Curve | None
    random: Curve | None


class SubmissionBoxes(Body):
    """A submission's progress on each black box, and random search's mean curve for comparison.

    Scores are in points: 0 is the median random evaluation, 100 the best known. The two times are the limits on the
    optimizer's own time.
    """

    model_config = example(
        n_calls=16,
        study_timeout_s=640,
        iteration_timeout_s=40,
        random=[10.0, 30.0, 45.0],
        boxes=[example_of(BoxProgress)],
    )
    n_calls: int
    study_timeout_s: float
    iteration_timeout_s: float
    random: Curve | None
    boxes: list[BoxProgress]


class StoredZip(Body):
    """The uploaded zip that was scored."""

    model_config = example(filename="turbo.zip", sha256="9f86d081884c7d65", size_bytes=20480)
    filename: str
    sha256: str
    size_bytes: int


class BaselineVersion(Body):
    """A baseline set that scores refer to."""

    model_config = example(name="official", version=1)
    name: str
    version: int


class HashedBaseline(BaselineVersion):
    """A baseline set with the SHA-256 of its stored document."""

    model_config = example(name="official", version=1, sha256="9f86d081884c7d65")
    sha256: str


class SubmissionProvenance(Body):
    """What a score came from, as its team may see it: revision, zip, baseline set, environment.

    `optimizer_images` are the digests of the environment's images in which the studies have run.
    """

    model_config = example(
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        competition="spring",
        phase="feedback",
        team="Gaussians",
        state="scored",
        score=92.4,
        revision=4,
        zip=example_of(StoredZip),
        baseline=example_of(BaselineVersion),
        environment="modern",
        parameter_names="visible",
        optimizer_images=["sha256:9f86d081884c7d65"],
    )
    submission_id: UUID
    competition: str
    phase: str
    team: str
    state: SubmissionState
    score: float | None
    revision: int | None
    zip: StoredZip
    baseline: BaselineVersion | None
    environment: str = DEFAULT_ENVIRONMENT
    parameter_names: ParameterNames
    optimizer_images: list[str]


class ProvenanceOfStudies(Body):
    """What ran and scored a number of a submission's studies; null where it is not on record."""

    model_config = example(
        environment="modern",
        optimizer_image="sha256:9f86d081884c7d65",
        blackbox_image="sha256:60303ae22b998861",
        runtime="runc",
        runner_code_version="0.1.0+488b4ae",
        aggregator_code_version="0.1.0+488b4ae",
        studies=300,
    )
    environment: str | None = None
    optimizer_image: str | None
    blackbox_image: str | None
    runtime: str | None
    runner_code_version: str | None
    aggregator_code_version: str | None
    studies: int


class RevealedBox(Body):
    """A black box by its real name; `dataset_sha256` is set for an organizer's own data set."""

    model_config = example(label="box-07", model="DT", dataset="iris", metric="acc", dataset_sha256=None)
    label: str
    model: str
    dataset: str
    metric: str
    dataset_sha256: str | None


class StudyOrigin(Body):
    """The seeds of a finished study, and the execution it was part of, which can be replayed."""

    model_config = example(
        box="box-07",
        study=3,
        seed=1804289383,
        optimizer_seed=846930886,
        execution="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10:1",
    )
    box: str
    study: int
    seed: int
    optimizer_seed: int
    execution: str


class OrganizerProvenance(SubmissionProvenance):
    """Everything that a score came from, including hashes, code versions, and every study's seeds and execution."""

    model_config = example(
        **{
            **example_of(SubmissionProvenance),
            "baseline": example_of(HashedBaseline),
            "origin_id": None,
            "revised_at": "2026-07-01T12:00:00Z",
            "revision_code_version": "0.1.0+488b4ae",
            "ran_by": [example_of(ProvenanceOfStudies)],
            "competition_seed": "spring-2026",
            "black_boxes": [example_of(RevealedBox)],
            "studies": [example_of(StudyOrigin)],
        }
    )
    baseline: HashedBaseline | None
    origin_id: UUID | None
    revised_at: datetime | None
    revision_code_version: str | None
    ran_by: list[ProvenanceOfStudies]
    competition_seed: str
    black_boxes: list[RevealedBox]
    studies: list[StudyOrigin]
