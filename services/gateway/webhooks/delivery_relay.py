"""Sends what waits for webhooks. A slow receiver holds up nobody else."""

from collections.abc import Collection

import structlog
from prometheus_client import Counter, Gauge

from services.gateway.notices.recipients import tell_owners
from services.gateway.settings import GatewaySettings
from services.gateway.webhooks import tables
from services.gateway.webhooks.sending import ANSWER_S, ReceiverAnswer, WebhookSender
from services.gateway.webhooks.tables import DueDelivery
from shared.database import Pool

log = structlog.get_logger()
AT_ONCE = 20
LEASE_S = 3 * ANSWER_S
WAITS_S = (5.0, 300.0, 1800.0, 2 * 3600.0, 5 * 3600.0, 10 * 3600.0, 14 * 3600.0, 20 * 3600.0, 24 * 3600.0)
"""After each failed attempt, as Standard Webhooks has them: three days in all."""
DISABLE_AFTER_DAYS = 5
"""Of nothing but failures."""
KEEP_DAYS = 30

ATTEMPTS = Counter("arena_webhook_attempts_total", "Attempts to send something to a webhook, by their end", ["outcome"])
WAITING = Gauge("arena_webhook_deliveries_waiting", "Deliveries that wait for a webhook")
LATE = Gauge("arena_webhook_late_seconds", "How late the delivery is that should have been tried first")


class WaitingDeliveries:
    """The deliveries that wait; each webhook is sent one at a time."""

    name = "webhooks"
    at_once = AT_ONCE

    def __init__(self, pool: Pool, sender: WebhookSender, settings: GatewaySettings) -> None:
        self._pool = pool
        self._sender = sender
        self._settings = settings

    async def take_due(self, in_hand: Collection[DueDelivery], free: int) -> list[DueDelivery]:
        """Return deliveries to send now, to webhooks that are sent nothing else meanwhile."""
        return await tables.take_due(self._pool, [each.webhook_id for each in in_hand], free, LEASE_S)

    async def measure(self) -> None:
        """Measure the deliveries that wait, and delete old ones."""
        await tables.delete_old_deliveries(self._pool, KEEP_DAYS)
        waiting, late_s = await tables.count_waiting(self._pool)
        WAITING.set(waiting)
        LATE.set(max(late_s, 0))

    async def attempt(self, due: DueDelivery) -> None:
        """Send a delivery."""
        answer = await self._sender.send(due)
        fields = {"webhook": due.webhook_id, "delivery": due.id, "attempts": due.attempts}
        if answer.is_taken:
            await tables.record_delivered(self._pool, due, answer.status)
            ATTEMPTS.labels("delivered").inc()
            log.info("webhook delivered", **fields)
        else:
            await self._record_failed(due, answer)
            ATTEMPTS.labels("failed").inc()
            log.warning("webhook failed", status=answer.status, problem=answer.problem, **fields)

    async def _record_failed(self, delivery: DueDelivery, answer: ReceiverAnswer) -> None:
        wait_s = WAITS_S[delivery.attempts - 1] if delivery.attempts <= len(WAITS_S) else None
        async with self._pool.acquire() as connection, connection.transaction():
            failing_s = await tables.record_failed(connection, delivery, answer.status, answer.problem, wait_s)
            if answer.is_gone:
                because = "it answered 410: it wants no more"
            elif failing_s >= DISABLE_AFTER_DAYS * 24 * 3600:
                because = f"nothing was taken for {DISABLE_AFTER_DAYS} days; the last problem: {answer.problem}"
            else:
                return
            disabled = await tables.disable_webhook(connection, delivery.webhook_id, because)
            if disabled is not None:
                log.warning("webhook disabled", webhook=delivery.webhook_id, because=because)
                await tell_owners(connection, self._settings, disabled, because)
