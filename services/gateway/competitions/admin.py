"""The organizer's routes of a competition: apply, diff, revisions."""

from typing import Any

from fastapi import APIRouter

from arena.api.competition_document import Competition
from arena.words.names import Slug
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions import apply as setup
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithParts
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
Body = dict[str, Any]


@router.put("/competitions/{slug}")
async def apply_competition(slug: Slug, body: Competition, parts: WithParts, _: Manager) -> Body:
    """Create or change a competition: its next revision. What scores already depend on does not change: 409."""
    return await setup.apply(parts.pool, slug, body)


@router.post("/competitions/{slug}/diff")
async def diff_competition(slug: Slug, body: Competition, parts: WithParts, _: Manager) -> Body:
    """Return what applying this would change, and what of it would be refused; nothing is changed."""
    return await setup.plan(parts.pool, slug, body)


@router.get("/competitions/{slug}/revisions")
async def list_revisions(slug: Slug, parts: WithParts, _: Organizer) -> Body:
    """Return every revision of a competition, the newest first, with the document that was applied."""
    competition = await find_competition(parts.pool, slug)
    rows = queries.list_revisions(parts.pool, competition_id=competition.id)
    return {"revisions": [dict(row) async for row in rows]}
