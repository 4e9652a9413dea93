"""Submissions that are run again: for a rescoring, in a candidate that is applied or discarded, or in the final."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from arena.api.body import Body, Interval, example, example_of
from arena.api.competition_document import Count
from arena.api.submissions import BaselineVersion
from arena.words.environments import DEFAULT_ENVIRONMENT, ParameterNames
from arena.words.names import Label
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict

PhaseName = Annotated[str, Field(min_length=1, max_length=60)]
SELECTION = {"submissions", "everything"}
"""The fields of a request that select what to run again; the others say what to change."""


class RescoringRequest(Body):
    """Which submissions to run again, and what to change. Without a selection, the counting ones are run again.

    `limits` needs only the limits that change.
    """

    model_config = example(baseline="official@2", limits={"study_timeout_s": 900})
    submissions: list[UUID] | None = None
    everything: bool = False
    baseline: str | None = Field(default=None, max_length=100)
    boxes: Annotated[list[Label], Field(min_length=1)] | None = None
    n_calls: Count | None = None
    n_suggestions: Count | None = None
    studies_per_box: Count | None = None
    studies_per_shard: Count | None = None
    limits: dict[str, Any] | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """The changes, without the fields that select submissions."""
        return self.model_dump(exclude=SELECTION, exclude_none=True)


class RescoringProgress(Body):
    """How many of the candidate's submissions have ended, and how many of their studies are done."""

    model_config = example(submissions=12, ended=3, studies_done=840, studies_total=3600)
    submissions: int
    ended: int
    studies_done: int
    studies_total: int


class RankChange(Body):
    """A team's rank and score before and after; null where no submission of the team counts."""

    model_config = example(team="Gaussians", old_rank=1, old_score=92.4, new_rank=2, new_score=91.8)
    team: str
    old_rank: int | None
    old_score: float | None
    new_rank: int | None
    new_score: float | None


class RescoredSubmission(Body):
    """A submission that is run again: before (`old`) and after (`new`)."""

    model_config = example(
        team="Gaussians",
        old_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        old_score=92.4,
        new_id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        new_score=91.8,
        new_state="scored",
        verdict="scored",
    )
    team: str
    old_id: UUID
    old_score: float | None
    new_id: UUID
    new_score: float | None
    new_state: SubmissionState
    verdict: Verdict | None


class RescoringComparison(Body):
    """What the candidate changes of the phase's definition, and of ranks and scores."""

    model_config = example(
        changes={"n_calls": 32}, teams=[example_of(RankChange)], submissions=[example_of(RescoredSubmission)]
    )
    changes: dict[str, Any]
    teams: list[RankChange]
    submissions: list[RescoredSubmission]


class RescoringStatus(RescoringComparison):
    """The progress of a phase's candidate, and what it changes so far."""

    model_config = example(
        competition="spring",
        phase="feedback",
        candidate="3a1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        candidate_name="candidate-5c1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        progress=example_of(RescoringProgress),
        ended=False,
        **example_of(RescoringComparison),
    )
    competition: str
    phase: str
    candidate: UUID
    candidate_name: str
    progress: RescoringProgress
    ended: bool


class AppliedRescoring(RescoringComparison):
    """What applying the candidate has changed, and the new revision of the competition."""

    model_config = example(competition="spring", phase="feedback", revision=5, **example_of(RescoringComparison))
    competition: str
    phase: str
    revision: int


class DiscardedRescoring(Body):
    """The candidate that was discarded, and its submissions that were stopped."""

    model_config = example(
        competition="spring", phase="feedback", candidate="3a1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10", stopped=[]
    )
    competition: str
    phase: str
    candidate: UUID
    stopped: list[UUID]


class FinalRequest(Body):
    """The phase from which the `top` teams go to the final, the final's phase, and its studies on each black box.

    The finalists also run in `second_phase`, if there is one. It differs from the final's phase in whether parameter
    names are visible, and in nothing that scores depend on.
    """

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={"examples": [{"from": "feedback", "phase": "final", "top": 20, "studies": 100}]},
    )
    origin: PhaseName = Field(alias="from")
    phase: PhaseName
    second_phase: PhaseName | None = None
    top: int = Field(default=20, ge=1, le=10_000)
    studies: int = Field(default=100, ge=1, le=100_000)
    even_if_unended: bool = Field(
        default=False, description="Go on without the submissions of the first phase that have not ended."
    )


class Finalist(Body):
    """A team's submission in the final; `feedback_rank` and `feedback_score` are those of the first phase.

    `losses`, if asked for, are the rescaled losses of every study by black box, from which the final's statistics are
    computed (a score is 100 x (1 - loss)); null unless the submission is scored.
    """

    model_config = example(
        team="Gaussians",
        submission_id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        origin_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        submitted_at="2026-07-09T08:30:00Z",
        environment="modern",
        state="scored",
        verdict="scored",
        ended=True,
        score=91.8,
        interval=[91.0, 92.6],
        studies_done=3000,
        studies_total=3000,
        feedback_rank=1,
        feedback_score=92.4,
        losses=None,
    )
    team: str
    submission_id: UUID
    origin_id: UUID
    submitted_at: datetime
    environment: str = DEFAULT_ENVIRONMENT
    state: SubmissionState
    verdict: Verdict | None
    ended: bool
    score: float | None
    interval: Interval | None
    studies_done: int
    studies_total: int
    feedback_rank: int | None
    feedback_score: float | None
    losses: dict[str, list[float]] | None = None


class FinalStatus(Body):
    """The finalists in the order of their scores, and what the final consists of.

    `shared_boxes` lists the black boxes of both phases; `teams` is how many teams have a score in the first phase.
    """

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "competition": "spring",
                    "name": "Spring challenge",
                    "from": "feedback",
                    "n_calls": 16,
                    "n_suggestions": 8,
                    "studies_per_box": 100,
                    "boxes": ["box-31", "box-32"],
                    "phase": "final",
                    "parameter_names": "visible",
                    "baseline": example_of(BaselineVersion),
                    "shared_boxes": [],
                    "teams": 65,
                    "finalists": [example_of(Finalist)],
                    "ended": True,
                }
            ]
        },
    )
    competition: str
    name: str
    origin: str = Field(alias="from")
    n_calls: int
    n_suggestions: int
    studies_per_box: int
    boxes: list[str]
    phase: str
    parameter_names: ParameterNames
    baseline: BaselineVersion
    shared_boxes: list[str]
    teams: int
    finalists: list[Finalist]
    ended: bool


class StartedFinal(FinalStatus):
    """The final after a request to start it; `new` lists the submissions that this request has added to its phases."""

    model_config = example(**example_of(FinalStatus), new=["0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10"])
    new: list[UUID]
