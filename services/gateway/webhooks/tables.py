"""Webhooks and their deliveries in Postgres."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.notices.kinds import NoticeKind
from shared.database import Connection, Pool, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.webhooks") / "queries.sql")


@dataclass(frozen=True)
class WebhookRow:
    """A webhook, without its secret; of a team, or of the organizers if `team_id` is None."""

    id: UUID
    competition_id: UUID
    team_id: UUID | None
    url: str
    events: list[str]
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: str
    waiting: int


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery; `not_before` is when its next attempt is, while it waits."""

    id: UUID
    event: str
    body: str
    state: str
    attempts: int
    not_before: datetime
    created_at: datetime
    attempted_at: datetime | None
    status: int | None
    problem: str


@dataclass(frozen=True)
class DueDelivery:
    """A delivery to send now; `attempts` were made, this one included."""

    id: UUID
    webhook_id: UUID
    body: str
    attempts: int
    url: str
    secret: str


@dataclass(frozen=True)
class DisabledWebhookRow:
    """A webhook that was disabled, and whose it is; `competition` is that one's name."""

    competition_id: UUID
    team_id: UUID | None
    url: str
    competition: str


async def add_webhook(
    pool: Pool, competition_id: UUID, team_id: UUID | None, *, url: str, events: Collection[NoticeKind], secret: str,
    limit: int,
) -> WebhookRow | None:  # fmt: skip
    """Add a webhook; returns None if its owner has `limit` of them."""
    row = queries.add_webhook(
        pool,
        competition_id=competition_id,
        team_id=team_id,
        url=url,
        events=sorted(events),
        secret=secret,
        at_most=limit,
    )
    return await fetch_one(WebhookRow, row)


async def list_webhooks(pool: Pool, competition_id: UUID, team_id: UUID | None) -> list[WebhookRow]:
    """Return the webhooks of a team, or of the organizers."""
    return await fetch_all(WebhookRow, queries.list_webhooks(pool, competition_id=competition_id, team_id=team_id))


async def find_webhook(pool: Pool, webhook_id: UUID) -> WebhookRow | None:
    """Return a webhook; None if there is none."""
    return await fetch_one(WebhookRow, queries.find_webhook(pool, id=webhook_id))


async def remove_webhook(pool: Pool, webhook_id: UUID) -> None:
    """Remove a webhook and what it was sent."""
    await queries.remove_webhook(pool, id=webhook_id)


async def list_deliveries(
    pool: Pool, webhook_id: UUID, after: tuple[datetime, UUID] | None, size: int
) -> list[DeliveryRow]:
    """Return up to `size` deliveries, the newest first, those after `after` if given."""
    at, delivery_id = after or (None, None)
    rows = queries.list_deliveries(pool, webhook_id=webhook_id, after=at, after_id=delivery_id, size=size)
    return await fetch_all(DeliveryRow, rows)


async def redeliver(pool: Pool, webhook_id: UUID, delivery_id: UUID) -> DeliveryRow | None:
    """Let a delivery be sent again, and enable its webhook; returns None if there is none."""
    return await fetch_one(DeliveryRow, queries.redeliver(pool, webhook_id=webhook_id, id=delivery_id))


async def take_due(pool: Pool, busy: Collection[UUID], batch: int, lease_s: float) -> list[DueDelivery]:
    """Return deliveries to send now, one of each webhook at most and of none that is `busy`."""
    return await fetch_all(DueDelivery, queries.take_due(pool, busy=list(busy), batch=batch, lease_s=lease_s))


async def record_delivered(pool: Pool, delivery: DueDelivery, status: int | None) -> None:
    """Record that a delivery was taken."""
    await queries.record_delivered(pool, id=delivery.id, webhook_id=delivery.webhook_id, status=status)


async def record_failed(
    connection: Connection, delivery: DueDelivery, status: int | None, problem: str, wait_s: float | None
) -> float:
    """Record a failed attempt, the last one without `wait_s`; returns for how long nothing was taken there."""
    row: Mapping[str, Any] | None = await queries.record_failed(
        connection, id=delivery.id, webhook_id=delivery.webhook_id, status=status, problem=problem, wait_s=wait_s
    )
    return 0.0 if row is None else row["failing_s"]


async def disable_webhook(connection: Connection, webhook_id: UUID, because: str) -> DisabledWebhookRow | None:
    """Disable a webhook; returns None if it is disabled already."""
    return await fetch_one(DisabledWebhookRow, queries.disable_webhook(connection, id=webhook_id, because=because))


async def delete_old_deliveries(pool: Pool, days: int) -> None:
    """Delete deliveries of so many days ago."""
    await queries.delete_old_deliveries(pool, days=days)


async def count_waiting(pool: Pool) -> tuple[int, float]:
    """Return how many deliveries wait, and by how many seconds the latest is late."""
    row = await queries.count_waiting(pool)
    return row["waiting"], row["late_s"]
