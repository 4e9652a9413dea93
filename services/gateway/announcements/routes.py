"""Announcements: organizers make them, everybody reads them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from arena.api.notices.announcements import Announcement, AnnouncementPage, NewAnnouncement, WithdrawnAnnouncement
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Anyone, Manager
from services.gateway.announcements import tables
from services.gateway.announcements.tables import AnnouncementRow
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool
from services.gateway.notices.tables import note_announcement
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem

router = APIRouter(prefix="/api/v1", tags=["announcements"])


@router.get("/competitions/{slug}/announcements")
async def list_announcements(
    slug: str, pool: WithPool, _: Anyone, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> AnnouncementPage:
    """Return the announcements of a competition, the newest first."""
    competition = await find_competition(pool, slug)
    after: tuple[datetime, UUID] | None = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await tables.list_announcements(pool, competition.id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.id))
    return AnnouncementPage(announcements=[_show(row) for row in shown], next=following)


@router.post("/admin/competitions/{slug}/announcements", status_code=201)
async def announce(slug: str, body: NewAnnouncement, pool: WithPool, _: Manager) -> Announcement:
    """Make an announcement: on the site at once, and by e-mail and webhooks to all who want it."""
    competition = await find_competition(pool, slug)
    async with pool.acquire() as connection, connection.transaction():
        row = await tables.add_announcement(connection, competition.id, body.title, body.text)
        await note_announcement(connection, competition.id, row.id)
    return _show(row)


@router.delete("/admin/competitions/{slug}/announcements/{announcement_id}")
async def withdraw(slug: str, announcement_id: UUID, pool: WithPool, _: Manager) -> WithdrawnAnnouncement:
    """Take an announcement off the site. What was sent of it is sent."""
    competition = await find_competition(pool, slug)
    if not await tables.withdraw_announcement(pool, competition.id, announcement_id):
        raise Problem(ProblemCode.NO_SUCH_ANNOUNCEMENT, f"There is no announcement {announcement_id} in {slug}.")
    return WithdrawnAnnouncement(id=announcement_id)


def _show(row: AnnouncementRow) -> Announcement:
    return Announcement.model_validate(row, from_attributes=True)
