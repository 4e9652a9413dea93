"""E-mails that could not be sent, for organizers."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from arena.api.notices.emails import EmailPage
from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import WithPool, WithSettings
from services.gateway.notices import emails
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])


@router.get("/emails")
async def list_emails(
    pool: WithPool, settings: WithSettings, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> EmailPage:
    """Return how many e-mails wait, and those that were given up in the last 30 days, the newest first, and why."""
    after: tuple[datetime, UUID] | None = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await emails.list_failed(pool, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.failed_at, row.id))
    return EmailPage(
        has_mail_server=settings.sends_emails,
        waiting=(await emails.count_emails(pool)).waiting,
        failed=shown,
        next=following,
    )
