"""Webhooks and what they were sent."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from arena.api.body import Body, Page, example, example_of
from arena.api.notices.events import WebhookBody
from arena.api.notices.kinds import NoticeKind

URL_CHARS = 2000
DeliveryState = Literal["waiting", "delivered", "failed"]


class NewWebhook(Body):
    """A webhook to add: https, and a host that is on the internet, unless the operator allows more."""

    model_config = example(url="https://hooks.example.org/arena", events=["submission.ended"])
    url: Annotated[str, StringConstraints(min_length=1, max_length=URL_CHARS, pattern=r"^[\x21-\x7e]+$")]
    events: Annotated[list[NoticeKind], Field(min_length=1, max_length=len(NoticeKind))]


class Webhook(Body):
    """A webhook without its secret. One that is disabled is sent nothing; redelivering enables it."""

    model_config = example(
        id="2c9f1a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        url="https://hooks.example.org/arena",
        events=["submission.ended"],
        created_at="2026-07-01T12:00:00Z",
        waiting=0,
        failing_since=None,
        disabled_at=None,
        disabled_because="",
    )
    id: UUID
    url: str
    events: list[NoticeKind]
    created_at: datetime
    waiting: int
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: str


class IssuedWebhook(Webhook):
    """A new webhook with the secret that signs what it is sent, which is shown only here."""

    model_config = example(
        **example_of(Webhook),
        secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",  # noqa: S106 - an example
    )
    secret: str


class WebhookPage(Page):
    """The caller's webhooks in a competition: a team's, or the organizers'. There are few, so there is one page."""

    model_config = example(webhooks=[example_of(Webhook)], next=None)
    webhooks: list[Webhook]


class RemovedWebhook(Body):
    """The webhook that is gone, and all that it was sent."""

    model_config = example(id="2c9f1a52-8d1c-4b6e-9a53-6f4f0a3f9f10")
    id: UUID


class Delivery(Body):
    """What a webhook was sent, or will be, and the last answer: its `status`, or the `problem`."""

    model_config = example(
        id="7d9f1a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        event="submission.ended",
        state="delivered",
        attempts=1,
        created_at="2026-07-09T08:30:00Z",
        attempted_at="2026-07-09T08:30:01Z",
        next_attempt_at=None,
        status=204,
        problem="",
        body=example_of(WebhookBody),
    )
    id: UUID
    event: NoticeKind
    state: DeliveryState
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    status: int | None
    problem: str
    body: WebhookBody


class DeliveryPage(Page):
    """Deliveries of a webhook, the newest first; of the last 30 days."""

    model_config = example(deliveries=[example_of(Delivery)], next=None)
    deliveries: list[Delivery]
