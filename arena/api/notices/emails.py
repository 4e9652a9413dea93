"""E-mails: those that could not be sent, and who wants which."""

from datetime import datetime
from uuid import UUID

from arena.api.body import Body, Page, example, example_of
from arena.api.notices.kinds import NoticeKind


class FailedEmail(Body):
    """An e-mail that was given up, and why."""

    model_config = example(
        id="9b9f1a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        recipient="ada@uni.example",
        subject="Your submission was scored",
        attempts=14,
        created_at="2026-07-09T08:30:00Z",
        failed_at="2026-07-10T20:30:00Z",
        problem="the mail server refuses it: 550 no such user",
    )
    id: UUID
    recipient: str
    subject: str
    attempts: int
    created_at: datetime
    failed_at: datetime
    problem: str


class EmailPage(Page):
    """Whether the platform has a mail server, how many e-mails wait, and those that were given up, the newest first."""

    model_config = example(has_mail_server=True, waiting=0, failed=[example_of(FailedEmail)], next=None)
    has_mail_server: bool
    waiting: int
    failed: list[FailedEmail]


class NoticeChoices(Body):
    """Of what a person gets e-mails, by kind."""

    model_config = example(
        emails={"submission.ended": True, "phase.closing": True, "announcement": False, "incident.opened": True}
    )
    emails: dict[NoticeKind, bool]
