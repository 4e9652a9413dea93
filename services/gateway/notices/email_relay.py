"""Sends the e-mails that wait, until the gateway stops. Several gateways may do so: each takes e-mails of its own."""

import asyncio

import structlog
from prometheus_client import Counter, Gauge

from services.gateway.notices import emails
from services.gateway.notices.emails import Email
from services.gateway.notices.mail_server import EmailRefused, MailServer, NotTaken
from services.gateway.settings import SmtpSettings
from shared.database import TRANSIENT_ERRORS, Pool
from shared.events import wait_for_any

log = structlog.get_logger()
POLL_S = 1.0
HAND_OVER_S = 60.0
"""How long an attempt may take, so that a server which answers a byte a second holds nothing up."""
LEASE_S = 2 * HAND_OVER_S
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 4 * 3600.0
ATTEMPTS_LIMIT = 14
"""With the waits above, the last attempt is a day and a half after the first."""
KEEP_FAILURES_DAYS = 30
MEASURE_EVERY_S = 15.0

SENT = Counter("arena_emails_sent_total", "E-mails that the mail server has taken")
FAILED = Counter("arena_emails_failed_total", "E-mails that were given up")
WAITING = Gauge("arena_emails_waiting", "E-mails that wait to be sent")
AGE = Gauge("arena_emails_age_seconds", "Age of the oldest e-mail that waits to be sent")


def wait_after(attempts: int) -> float:
    """Return how many seconds an e-mail waits after so many attempts."""
    return min(FIRST_WAIT_S * 2.0 ** (attempts - 1), LONGEST_WAIT_S)


async def run_email_relay(pool: Pool, settings: SmtpSettings, stop: asyncio.Event) -> None:
    """Send e-mails until `stop`."""
    server, clock = MailServer(settings), asyncio.get_running_loop().time
    measure_at = clock()
    while not stop.is_set():
        try:
            while not stop.is_set() and (due := await emails.take_due(pool, LEASE_S)):
                async with asyncio.TaskGroup() as attempts:
                    for email in due:
                        attempts.create_task(_send(pool, email, server))
            if clock() >= measure_at:
                measure_at = clock() + MEASURE_EVERY_S
                await _measure(pool)
        except* TRANSIENT_ERRORS as errors:
            log.warning("e-mails wait for the database", error=repr(errors.exceptions[0]))
        await wait_for_any(stop, timeout_s=POLL_S)


async def _measure(pool: Pool) -> None:
    await emails.delete_old_failures(pool, KEEP_FAILURES_DAYS)
    counts = await emails.count_emails(pool)
    WAITING.set(counts.waiting)
    AGE.set(counts.age_s)


async def _send(pool: Pool, email: Email, server: MailServer) -> None:
    """Make one attempt at an e-mail. Logs name its id alone, because its recipient is nobody else's business."""
    try:
        async with asyncio.timeout(HAND_OVER_S):
            await server.hand_over(email)
    except EmailRefused as refused:
        await _give_up(pool, email, str(refused))
    except (NotTaken, TimeoutError) as problem:
        text = str(problem) or f"the mail server took longer than {HAND_OVER_S:g} s"
        if email.attempts >= ATTEMPTS_LIMIT:
            await _give_up(pool, email, text)
            return
        log.warning("e-mail is not sent yet", email=email.id, attempts=email.attempts, problem=text)
        await emails.put_off(pool, email.id, text, wait_after(email.attempts))
    else:
        await emails.delete_sent(pool, email.id)
        SENT.inc()
        log.info("e-mail sent", email=email.id, attempts=email.attempts)


async def _give_up(pool: Pool, email: Email, problem: str) -> None:
    await emails.give_up(pool, email.id, problem)
    FAILED.inc()
    log.error("e-mail given up", email=email.id, attempts=email.attempts, problem=problem)
