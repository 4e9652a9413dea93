"""Sends the e-mails that wait."""

import asyncio
from collections.abc import Collection

import structlog
from prometheus_client import Counter, Gauge

from services.gateway.notices import emails
from services.gateway.notices.emails import Email
from services.gateway.notices.mail_server import EmailRefused, MailServer, NotTaken
from services.gateway.settings import SmtpSettings
from shared.database import Pool

log = structlog.get_logger()
AT_ONCE = 5
"""A mail server takes few connections from one sender."""
HAND_OVER_S = 60.0
"""How long an attempt may take, so that a server which answers a byte a second holds nothing up."""
LEASE_S = 2 * HAND_OVER_S
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 4 * 3600.0
ATTEMPTS_LIMIT = 14
"""With the waits above, the last attempt is a day and a half after the first."""
KEEP_FAILURES_DAYS = 30

SENT = Counter("arena_emails_sent_total", "E-mails that the mail server has taken")
FAILED = Counter("arena_emails_failed_total", "E-mails that were given up")
WAITING = Gauge("arena_emails_waiting", "E-mails that wait to be sent")
AGE = Gauge("arena_emails_age_seconds", "Age of the oldest e-mail that waits to be sent")


def wait_after(attempts: int) -> float:
    """Return how many seconds an e-mail waits after so many attempts."""
    return min(FIRST_WAIT_S * 2.0 ** (attempts - 1), LONGEST_WAIT_S)


class WaitingEmails:
    """The e-mails that wait. Logs name their ids alone, because a recipient is nobody else's business."""

    name = "e-mails"
    at_once = AT_ONCE

    def __init__(self, pool: Pool, settings: SmtpSettings) -> None:
        self._pool = pool
        self._server = MailServer(settings)

    async def take_due(self, in_hand: Collection[Email], free: int) -> list[Email]:  # noqa: ARG002
        """Return e-mails to send now."""
        return await emails.take_due(self._pool, free, LEASE_S)

    async def measure(self) -> None:
        """Measure the e-mails that wait, and forget failures of long ago."""
        await emails.delete_old_failures(self._pool, KEEP_FAILURES_DAYS)
        counts = await emails.count_emails(self._pool)
        WAITING.set(counts.waiting)
        AGE.set(counts.age_s)

    async def attempt(self, due: Email) -> None:
        """Hand an e-mail over to the mail server."""
        try:
            async with asyncio.timeout(HAND_OVER_S):
                await self._server.hand_over(due)
        except EmailRefused as refused:
            await self._give_up(due, str(refused))
        except (NotTaken, TimeoutError) as problem:
            text = str(problem) or f"the mail server took longer than {HAND_OVER_S:g} s"
            if due.attempts >= ATTEMPTS_LIMIT:
                await self._give_up(due, text)
                return
            log.warning("e-mail is not sent yet", email=due.id, attempts=due.attempts, problem=text)
            await emails.put_off(self._pool, due.id, text, wait_after(due.attempts))
        else:
            await emails.delete_sent(self._pool, due.id)
            SENT.inc()
            log.info("e-mail sent", email=due.id, attempts=due.attempts)

    async def _give_up(self, email: Email, problem: str) -> None:
        await emails.give_up(self._pool, email.id, problem)
        FAILED.inc()
        log.error("e-mail given up", email=email.id, attempts=email.attempts, problem=problem)
