"""The page of a competition's announcements, and the same as an Atom feed."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.accounts.callers import Anyone
from services.gateway.announcements.tables import AnnouncementRow, list_announcements
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool, WithSettings
from services.gateway.paging import Cursor, Moment, decode_cursor, split_page
from services.gateway.website.markdown import render_markdown
from services.gateway.website.rendering import environment, render
from services.gateway.website.viewers import viewer_of
from shared.database import Pool

router = APIRouter(include_in_schema=False)
ON_A_PAGE, IN_THE_FEED, ON_THE_LEADERBOARD = 20, 20, 1


@router.get("/c/{slug}/announcements")
async def announcements_page(slug: str, pool: WithPool, caller: Anyone, cursor: Cursor = None) -> Response:
    """Show what the organizers have announced, the newest first."""
    competition = await find_competition(pool, slug)
    after: tuple[datetime, UUID] | None = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await list_announcements(pool, competition.id, after, ON_A_PAGE + 1)
    shown, following = split_page(rows, ON_A_PAGE, lambda row: (row.created_at, row.id))
    return render(
        "announcements.html.j2",
        viewer_of(caller),
        competition=competition,
        announcements=[(row, render_markdown(row.text)) for row in shown],
        newest=shown[0].created_at if shown and cursor is None else None,
        is_first=cursor is None,
        following=following,
    )


@router.get("/c/{slug}/announcements.atom")
async def announcements_feed(slug: str, pool: WithPool, settings: WithSettings, _: Anyone) -> Response:
    """Return the newest announcements for feed readers."""
    competition = await find_competition(pool, slug)
    rows = await list_announcements(pool, competition.id, None, IN_THE_FEED)
    text = environment.get_template("announcements.atom.j2").render(
        competition=competition,
        site=settings.public_url,
        updated=rows[0].created_at.isoformat() if rows else "1970-01-01T00:00:00+00:00",
        announcements=[(row, str(render_markdown(row.text))) for row in rows],
    )
    return Response(text, media_type="application/atom+xml")


async def find_newest(pool: Pool, competition_id: UUID) -> AnnouncementRow | None:
    """Return the newest announcement, for the competition's page; None if there is none."""
    rows = await list_announcements(pool, competition_id, None, ON_THE_LEADERBOARD)
    return rows[0] if rows else None
