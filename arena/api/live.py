"""The messages of the live feeds: first a snapshot, then numbered changes.

A client that reconnects asks with `since=` for what came after the last number it has seen. If that is no longer kept,
it gets a snapshot.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from arena.api.body import Body, example, example_of
from arena.api.leaderboard import LeaderboardRow
from arena.api.submissions import Submission
from arena.words.cut_off import TimeLimit

QuotaName = Literal["attempts_per_day", "scored_per_day", "active_submissions"]
SnapshotOrChanges = Literal["snapshot", "changes"]


class LiveMessage(Body):
    """A message of a live feed. All of its fields are sent, also those that have a default."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class LeaderboardSnapshot(LiveMessage):
    """Every row of a phase's leaderboard."""

    model_config = example(type="snapshot", change=1042, frozen=False, rows=[example_of(LeaderboardRow)])
    type: Literal["snapshot"] = "snapshot"
    change: int
    frozen: bool
    rows: list[LeaderboardRow]


class LeaderboardChanges(LiveMessage):
    """The rows of a phase's leaderboard that are new or have changed, and the teams whose rows were removed."""

    model_config = example(type="changes", change=1043, frozen=False, rows=[], removed=["Gaussians"])
    type: Literal["changes"] = "changes"
    change: int
    frozen: bool
    rows: list[LeaderboardRow]
    removed: list[str]


LeaderboardMessage = Annotated[LeaderboardSnapshot | LeaderboardChanges, Field(discriminator="type")]
"""What `/competitions/{slug}/live` sends."""


class FinishedStudy(Body):
    """A finished study: its score, which is null in an organizer run, and the limit that cut it off, if one did.

    Of a study that was cut off, the score is that of the best found before, and 0 if nothing was found.
    """

    model_config = example(box="box-07", study=3, score=88.0, timed_out=False, cut_off_by=None, change=1042)
    box: str
    study: int
    score: float | None
    timed_out: bool
    cut_off_by: TimeLimit | None
    change: int


class SubmissionMessage(LiveMessage):
    """What `/submissions/{id}/live` sends: the submission, and its studies that finished since the last message."""

    model_config = example(
        type="changes", change=1042, submission=example_of(Submission), studies=[example_of(FinishedStudy)]
    )
    type: SnapshotOrChanges
    change: int
    submission: Submission
    studies: list[FinishedStudy]


class NewQueueEstimate(Body):
    """A submission's new place in the queue, and the interval of seconds in which it will probably end."""

    model_config = example(id="7c9e6679-7425-40de-944b-e07fc1f90ae7", queue_position=2, remaining_s=[310, 520])
    id: UUID
    queue_position: int | None
    remaining_s: tuple[int, int] | None


class QuotaUse(Body):
    """How much of a quota a team has used."""

    model_config = example(limit=10, used=3)
    limit: int
    used: int


class SubmissionsMessage(LiveMessage):
    """What `/competitions/{slug}/submissions/live` sends: submissions that have changed, and new queue estimates.

    `counting` lists the submissions that count, and `quota` is what a team has used of each of its quotas. Both are
    null if they have not changed since the last message; `quota` is always null for an organizer.
    """

    model_config = example(
        type="changes",
        change=1042,
        submissions=[example_of(Submission)],
        queue_estimates=[example_of(NewQueueEstimate)],
        counting=["7c9e6679-7425-40de-944b-e07fc1f90ae7"],
        quota={"attempts_per_day": example_of(QuotaUse)},
    )
    type: SnapshotOrChanges
    change: int
    submissions: list[Submission]
    queue_estimates: list[NewQueueEstimate]
    counting: list[UUID] | None = None
    quota: dict[QuotaName, QuotaUse] | None = None


class LogText(LiveMessage):
    """Text that the optimizer has written in a study, by the black box, the study's number and the attempt."""

    model_config = example(type="log", box="box-07", study=3, attempt=1, text="fitted in 0.2 s\n")
    type: Literal["log"] = "log"
    box: str
    study: int
    attempt: int
    text: str


class LogEnded(LiveMessage):
    """The submission has ended in this state, or the execution with this outcome. This is the last message."""

    model_config = example(type="ended", outcome="done")
    type: Literal["ended"] = "ended"
    outcome: str


LogMessage = Annotated[LogText | LogEnded, Field(discriminator="type")]
"""What `/submissions/{id}/logs/live` sends, of all studies or, with `execution=`, of those of one execution."""
