"""E-mails, written in the transaction of what they tell, and sent afterwards by `email_relay.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.notices.emails import FailedEmail
from services.gateway.notices.email_addresses import check_address
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, load_queries

queries = load_queries(files("services.gateway.notices") / "emails.sql")
SUBJECT_CHARS = 200


@dataclass(frozen=True)
class Email:
    """An e-mail to send; `attempts` were made, this one included."""

    id: UUID
    recipient: str
    subject: str
    body: str
    unsubscribe_url: str | None
    attempts: int
    created_at: datetime


@dataclass(frozen=True)
class EmailCounts:
    """How many e-mails wait, for how long the oldest has, and how many were given up."""

    waiting: int
    age_s: float
    failed: int


async def queue_email(
    connection: Connection, *, to: str, subject: str, text: str, unsubscribe_url: str | None = None
) -> None:
    """Write an e-mail in the caller's transaction; it is sent if and when that commits.

    `subject` and `text` may hold what a stranger has written. Raises InvalidAddress for a `to` that is not one plain
    address.
    """
    await queries.queue_email(
        connection,
        recipient=check_address(to),
        subject=" ".join(_printable(subject).split())[:SUBJECT_CHARS],
        body=_printable(text),
        unsubscribe_url=unsubscribe_url,
    )


def _printable(text: str) -> str:
    """Return a text without what is no part of a line, such as NUL, ESC, or a mark that turns the writing round."""
    return "".join(each for each in text if each.isprintable() or each in "\n\t")


async def forget_emails(connection: Connection, address: str) -> None:
    """Delete the e-mails to an address, sent or not, in the caller's transaction."""
    await queries.forget_emails(connection, recipient=address)


async def take_due(pool: Pool, batch: int, lease_s: float) -> list[Email]:
    """Return up to `batch` e-mails to send now, which no other gateway takes for `lease_s` seconds."""
    return await fetch_all(Email, queries.take_due(pool, batch=batch, lease_s=lease_s))


async def delete_sent(pool: Pool, email_id: UUID) -> None:
    """Delete an e-mail that the mail server has taken."""
    await queries.delete_sent(pool, id=email_id)


async def put_off(pool: Pool, email_id: UUID, problem: str, wait_s: float) -> None:
    """Let an e-mail wait for its next attempt."""
    await queries.put_off(pool, id=email_id, problem=problem, wait_s=wait_s)


async def give_up(pool: Pool, email_id: UUID, problem: str) -> None:
    """Keep of an e-mail only that it was not sent, and why."""
    await queries.give_up(pool, id=email_id, problem=problem)


async def delete_old_failures(pool: Pool, days: int) -> None:
    """Delete what is known of e-mails that were given up so many days ago."""
    await queries.delete_old_failures(pool, days=days)


async def count_emails(pool: Pool) -> EmailCounts:
    """Return how many e-mails wait and were given up."""
    row: Mapping[str, Any] = await queries.count_emails(pool)
    return EmailCounts(**row)


async def list_failed(where: PoolOrConnection, after: tuple[datetime, UUID] | None, size: int) -> list[FailedEmail]:
    """Return up to `size` e-mails that were given up, the newest first, those after `after` if given."""
    failed_at, email_id = after or (None, None)
    rows = queries.list_failed(where, after=failed_at, after_id=email_id, size=size)
    return await fetch_all(FailedEmail, rows)
