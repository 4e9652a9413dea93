"""The organizer's routes for a competition: apply, diff, revisions, black boxes."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from arena.api.competition_document import Competition
from arena.api.competitions import AppliedCompetition, BlackBoxPage, CompetitionDiff, Revision, RevisionPage
from arena.words.names import Slug
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions import apply, tables
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.paging import PAGE_SIZE, Cursor, PageLimit, decode_cursor, split_page

router = APIRouter(prefix="/api/v1/admin/competitions/{slug}", tags=["organizer"])
RevisionNumber = Annotated[int, Field(ge=1, lt=2**31)]
ComparedWith = Annotated[
    int | None, Query(ge=0, lt=2**31, description="The revision of the diff that the caller has seen; 0 for none.")
]


@router.put("")
async def apply_competition(
    slug: Slug,
    body: Competition,
    pool: WithPool,
    outbox: WithOutbox,
    _: Manager,
    compared_with: ComparedWith = None,
) -> AppliedCompetition:
    """Create or change a competition, as its next revision. 409 if existing scores depend on what would change.

    With `compared_with`, it is 409 also if there is another revision by now, so that two organizers do not undo each
    other's changes.
    """
    return await apply.apply(pool, outbox, slug, body, compared_with)


@router.post("/diff")
async def diff_competition(slug: Slug, body: Competition, pool: WithPool, _: Manager) -> CompetitionDiff:
    """Return what applying this document would change and what would be refused, without changing anything."""
    return await apply.diff(pool, slug, body)


@router.get("/revisions")
async def list_revisions(
    slug: Slug, pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> RevisionPage:
    """Return every revision of a competition, the newest first, with the document that was applied."""
    competition = await find_competition(pool, slug)
    before = None if cursor is None else decode_cursor(cursor, tuple[RevisionNumber])[0]
    rows = await tables.list_revisions(pool, competition.id, before, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.revision,))
    return RevisionPage(revisions=[Revision(**asdict(row)) for row in shown], next=following)


@router.get("/black-boxes", tags=["planning"])
async def list_black_boxes(
    slug: str, pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> BlackBoxPage:
    """Return every black box of a competition by its real name, and the seed from which its studies' seeds derive."""
    competition = await find_competition(pool, slug)
    after = None if cursor is None else decode_cursor(cursor, tuple[str])[0]
    rows = await tables.list_black_boxes(pool, competition.id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.label,))
    return BlackBoxPage(
        seed=await tables.find_seed(pool, competition.id),
        black_boxes=[row.document for row in shown],
        next=following,
    )
