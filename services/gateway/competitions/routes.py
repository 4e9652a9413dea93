"""What everybody may see of competitions and of the images."""

from fastapi import APIRouter

from arena.api.competitions import (
    CompetitionDescription,
    CompetitionPage,
    CompetitionPhase,
    CompetitionSummary,
    Packages,
)
from services.gateway.accounts.callers import Anyone
from services.gateway.competitions import packages, tables
from services.gateway.competitions.lookup import find_competition, visible_phases
from services.gateway.competitions.tables import PhaseRow
from services.gateway.dependencies import WithPool
from services.gateway.paging import PAGE_SIZE, Cursor, PageLimit, decode_cursor, split_page

router = APIRouter(prefix="/api/v1", tags=["competitions"])


@router.get("/competitions")
async def list_competitions(pool: WithPool, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None) -> CompetitionPage:
    """Return the competitions that have a public phase."""
    after = None if cursor is None else decode_cursor(cursor, tuple[str])[0]
    rows = await tables.list_competitions(pool, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.slug,))
    return CompetitionPage(
        competitions=[CompetitionSummary(slug=row.slug, name=row.name) for row in shown], next=following
    )


@router.get("/competitions/{slug}")
async def get_competition(slug: str, pool: WithPool, caller: Anyone) -> CompetitionDescription:
    """Return a competition's phases, with the opaque labels of their black boxes."""
    competition = await find_competition(pool, slug)
    phases = await visible_phases(pool, competition, caller)
    return CompetitionDescription(
        slug=slug,
        name=competition.name,
        description=competition.description,
        phases=[show_phase(phase) for phase in phases],
    )


def show_phase(row: PhaseRow) -> CompetitionPhase:
    """Return a phase as everybody may see it."""
    return CompetitionPhase(**{name: getattr(row, name) for name in CompetitionPhase.model_fields})


@router.get("/packages")
async def list_packages() -> Packages:
    """Return every package and version in the environments that come with this platform, and in the black-box image."""
    return packages.list_packages()
