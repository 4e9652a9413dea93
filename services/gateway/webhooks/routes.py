"""Webhooks of organizers and teams: adding and removing them, and what they were sent."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from arena.api.notices.events import WebhookBody
from arena.api.notices.kinds import TEAM_EVENTS, NoticeKind
from arena.api.notices.webhooks import (
    Delivery,
    DeliveryPage,
    IssuedWebhook,
    NewWebhook,
    RemovedWebhook,
    Webhook,
    WebhookPage,
)
from arena.api.problems import InvalidField
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Actor, Caller, Member
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool, WithTargets
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem, invalid_request
from services.gateway.webhooks import tables
from services.gateway.webhooks.signing import make_secret
from services.gateway.webhooks.tables import DeliveryRow, WebhookRow
from services.gateway.webhooks.targets import ForbiddenTarget, UnknownHost
from shared.database import Pool

router = APIRouter(prefix="/api/v1", tags=["webhooks"])
TEAM_LIMIT, ORGANIZER_LIMIT = 5, 20
"""How many webhooks a team, and the organizers, may have in a competition."""


@router.post("/competitions/{slug}/webhooks", status_code=201)
async def add_webhook(
    slug: str, body: NewWebhook, pool: WithPool, targets: WithTargets, caller: Actor
) -> IssuedWebhook:
    """Add a webhook of the caller's team, or of the organizers. Its secret is shown in this answer only."""
    competition_id = await _find_own_competition(pool, slug, caller)
    events = frozenset(body.events)
    if caller.role == "team" and not events <= TEAM_EVENTS:
        what = f"expected events of {', '.join(sorted(TEAM_EVENTS))} for a team, got {', '.join(sorted(events))}"
        raise invalid_request(InvalidField(where="body.events", what=what))
    try:
        await targets.find(body.url)
    except (ForbiddenTarget, UnknownHost) as error:
        raise invalid_request(InvalidField(where="body.url", what=str(error))) from error
    secret, limit = make_secret(), TEAM_LIMIT if caller.role == "team" else ORGANIZER_LIMIT
    row = await tables.add_webhook(
        pool, competition_id, caller.team_id, url=body.url, events=events, secret=secret, limit=limit
    )
    if row is None:
        raise Problem(ProblemCode.TOO_MANY_WEBHOOKS, f"Expected {limit} webhooks at most; remove one first.")
    return IssuedWebhook(**_show(row).model_dump(), secret=secret)


@router.get("/competitions/{slug}/webhooks")
async def list_webhooks(slug: str, pool: WithPool, caller: Member) -> WebhookPage:
    """Return the webhooks of the caller's team, or of the organizers."""
    competition_id = await _find_own_competition(pool, slug, caller)
    rows = await tables.list_webhooks(pool, competition_id, caller.team_id)
    return WebhookPage(webhooks=[_show(row) for row in rows])


@router.delete("/webhooks/{webhook_id}")
async def remove_webhook(webhook_id: UUID, pool: WithPool, caller: Actor) -> RemovedWebhook:
    """Remove a webhook. What it was still to be sent is gone, too."""
    await _find_webhook(pool, webhook_id, caller)
    await tables.remove_webhook(pool, webhook_id)
    return RemovedWebhook(id=webhook_id)


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: UUID, pool: WithPool, caller: Member, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> DeliveryPage:
    """Return what a webhook was sent in the last 30 days, the newest first, and what came of it."""
    await _find_webhook(pool, webhook_id, caller)
    after: tuple[datetime, UUID] | None = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await tables.list_deliveries(pool, webhook_id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.id))
    return DeliveryPage(deliveries=[_show_delivery(row) for row in shown], next=following)


@router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", status_code=202)
async def redeliver(webhook_id: UUID, delivery_id: UUID, pool: WithPool, caller: Actor) -> Delivery:
    """Send a delivery again, with the same id. A webhook that was disabled is enabled by it."""
    await _find_webhook(pool, webhook_id, caller)
    row = await tables.redeliver(pool, webhook_id, delivery_id)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_DELIVERY, f"The webhook has no delivery {delivery_id}.")
    return _show_delivery(row)


async def _find_own_competition(pool: Pool, slug: str, caller: Caller) -> UUID:
    competition = await find_competition(pool, slug)
    if caller.role == "team" and caller.competition_id != competition.id:
        raise Problem(ProblemCode.OTHER_COMPETITION, f"The token's team takes part in {caller.slug}, not in {slug}.")
    return competition.id


async def _find_webhook(pool: Pool, webhook_id: UUID, caller: Caller) -> WebhookRow:
    row = await tables.find_webhook(pool, webhook_id)
    if row is None or row.team_id != caller.team_id:
        raise Problem(ProblemCode.NO_SUCH_WEBHOOK, f"There is no webhook {webhook_id}.")
    return row


def _show(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        events=[NoticeKind(each) for each in row.events],
        created_at=row.created_at,
        waiting=row.waiting,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        disabled_because=row.disabled_because,
    )


def _show_delivery(row: DeliveryRow) -> Delivery:
    return Delivery.model_validate(
        {
            "id": row.id,
            "event": NoticeKind(row.event),
            "state": row.state,
            "attempts": row.attempts,
            "created_at": row.created_at,
            "attempted_at": row.attempted_at,
            "next_attempt_at": row.not_before if row.state == "waiting" else None,
            "status": row.status,
            "problem": row.problem,
            "body": WebhookBody.model_validate_json(row.body),
        }
    )
