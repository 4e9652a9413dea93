"""Announcements in Postgres."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Connection, Pool, fetch_all, load_queries

queries = load_queries(files("services.gateway.announcements") / "queries.sql")


@dataclass(frozen=True)
class AnnouncementRow:
    """An announcement, in Markdown."""

    id: UUID
    title: str
    text: str
    created_at: datetime


async def add_announcement(connection: Connection, competition_id: UUID, title: str, text: str) -> AnnouncementRow:
    """Add an announcement."""
    row = await queries.add_announcement(connection, competition_id=competition_id, title=title, text=text)
    return AnnouncementRow(**row)


async def list_announcements(
    pool: Pool, competition_id: UUID, after: tuple[datetime, UUID] | None, size: int
) -> list[AnnouncementRow]:
    """Return up to `size` announcements, the newest first, those after `after` if given."""
    at, announcement_id = after or (None, None)
    rows = queries.list_announcements(
        pool, competition_id=competition_id, after=at, after_id=announcement_id, size=size
    )
    return await fetch_all(AnnouncementRow, rows)


async def withdraw_announcement(pool: Pool, competition_id: UUID, announcement_id: UUID) -> bool:
    """Remove an announcement; returns False if there is none."""
    return bool(await queries.withdraw_announcement(pool, competition_id=competition_id, id=announcement_id))
