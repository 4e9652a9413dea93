"""Sends what waits for webhooks, until the gateway stops. A slow receiver holds up nobody else."""

import asyncio
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from services.gateway.notices.recipients import tell_owners
from services.gateway.settings import GatewaySettings
from services.gateway.webhooks import tables
from services.gateway.webhooks.sending import ANSWER_S, ReceiverAnswer, WebhookSender
from services.gateway.webhooks.tables import DueDelivery
from shared.database import TRANSIENT_ERRORS, Pool
from shared.events import wait_for_any

log = structlog.get_logger()
AT_ONCE = 20
POLL_S = 1.0
LEASE_S = 3 * ANSWER_S
WAITS_S = (5.0, 300.0, 1800.0, 2 * 3600.0, 5 * 3600.0, 10 * 3600.0, 14 * 3600.0, 20 * 3600.0, 24 * 3600.0)
"""After each failed attempt, as Standard Webhooks has them: three days in all."""
DISABLE_AFTER_DAYS = 5
"""Of nothing but failures."""
KEEP_DAYS = 30
MEASURE_EVERY_S = 15.0

ATTEMPTS = Counter("arena_webhook_attempts_total", "Attempts to send something to a webhook, by their end", ["outcome"])
WAITING = Gauge("arena_webhook_deliveries_waiting", "Deliveries that wait for a webhook")
LATE = Gauge("arena_webhook_late_seconds", "How late the delivery is that should have been tried first")


class DeliveryRelay:
    """Sends deliveries, at most one at a time to each webhook; `_busy` are those that are sent something now."""

    def __init__(self, pool: Pool, sender: WebhookSender, settings: GatewaySettings) -> None:
        self._pool = pool
        self._sender = sender
        self._settings = settings
        self._busy: set[UUID] = set()
        self._ended = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`."""
        clock = asyncio.get_running_loop().time
        measure_at = clock()
        async with asyncio.TaskGroup() as attempts:
            while not stop.is_set():
                self._ended.clear()
                try:
                    for due in await self._take_due():
                        self._busy.add(due.webhook_id)
                        attempts.create_task(self._deliver(due))
                    if clock() >= measure_at:
                        measure_at = clock() + MEASURE_EVERY_S
                        await self._measure()
                except TRANSIENT_ERRORS as error:
                    log.warning("webhooks wait for the database", error=repr(error))
                await wait_for_any(self._ended, stop, timeout_s=POLL_S)

    async def _take_due(self) -> list[DueDelivery]:
        free = AT_ONCE - len(self._busy)
        return await tables.take_due(self._pool, self._busy, free, LEASE_S) if free else []

    async def _measure(self) -> None:
        await tables.delete_old_deliveries(self._pool, KEEP_DAYS)
        waiting, late_s = await tables.count_waiting(self._pool)
        WAITING.set(waiting)
        LATE.set(max(late_s, 0))

    async def _deliver(self, delivery: DueDelivery) -> None:
        try:
            answer = await self._sender.send(delivery)
            fields = {"webhook": delivery.webhook_id, "delivery": delivery.id, "attempts": delivery.attempts}
            if answer.is_taken:
                await tables.record_delivered(self._pool, delivery, answer.status)
                ATTEMPTS.labels("delivered").inc()
                log.info("webhook delivered", **fields)
            else:
                await self._record_failed(delivery, answer)
                ATTEMPTS.labels("failed").inc()
                log.warning("webhook failed", status=answer.status, problem=answer.problem, **fields)
        except TRANSIENT_ERRORS as error:
            log.warning("webhooks wait for the database", error=repr(error))  # it is sent again when its lease ends
        finally:
            self._busy.discard(delivery.webhook_id)
            self._ended.set()

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
