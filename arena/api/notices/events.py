"""What a webhook is sent when something has happened."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from arena.api.body import Body, Interval, example, example_of
from arena.api.notices.kinds import NoticeKind
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict


class EndedSubmission(Body):
    """A submission that has ended. The score is null where there is none, or the leaderboard does not show it now."""

    model_config = example(
        kind="submission.ended",
        competition="spring",
        phase="feedback",
        submission="5b3a7c1e-2f7d-4a94-9a57-0d3f0b6d2d11",
        team="Gaussians",
        state="scored",
        verdict="scored",
        score=87.31,
        interval=[85.2, 89.4],
    )
    kind: Literal["submission.ended"] = "submission.ended"
    competition: str
    phase: str
    submission: UUID
    team: str
    state: SubmissionState
    verdict: Verdict | None
    score: float | None
    interval: Interval | None


class OpenedIncident(Body):
    """Shards of a competition are incidents; `incidents` are open now. Told once in a quarter of an hour at most."""

    model_config = example(kind="incident.opened", competition="spring", incidents=3)
    kind: Literal["incident.opened"] = "incident.opened"
    competition: str
    incidents: int


class ClosingPhase(Body):
    """A phase that closes within a day."""

    model_config = example(
        kind="phase.closing", competition="spring", phase="feedback", closes_at="2026-07-31T12:00:00Z"
    )
    kind: Literal["phase.closing"] = "phase.closing"
    competition: str
    phase: str
    closes_at: datetime


class MadeAnnouncement(Body):
    """An announcement, as Markdown."""

    model_config = example(
        kind="announcement", competition="spring", title="One week to go", text="The phase closes on **Friday**."
    )
    kind: Literal["announcement"] = "announcement"
    competition: str
    title: str
    text: str


class ChangedLeaderboard(Body):
    """A leaderboard has changed: look. Told once a minute at most."""

    model_config = example(kind="leaderboard.changed", competition="spring", phase="feedback")
    kind: Literal["leaderboard.changed"] = "leaderboard.changed"
    competition: str
    phase: str


EventData = Annotated[
    EndedSubmission | OpenedIncident | ClosingPhase | MadeAnnouncement | ChangedLeaderboard,
    Field(discriminator="kind"),
]


class WebhookBody(Body):
    """What a webhook is sent, in the form of Standard Webhooks: `timestamp` is when it happened."""

    model_config = example(type="submission.ended", timestamp="2026-07-09T08:30:00Z", data=example_of(EndedSubmission))
    type: NoticeKind
    timestamp: datetime
    data: EventData
