"""What everybody may know of a competition, and of the images."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter

from arena.package_data import IMAGES
from services.gateway.accounts.callers import Anyone
from services.gateway.competitions import tables
from services.gateway.competitions.lookup import find_competition, visible_phases
from services.gateway.dependencies import WithParts

router = APIRouter(prefix="/api/v1", tags=["competitions"])
Body = dict[str, Any]
SHOWN = (
    "name",
    "visibility",
    "practice",
    "n_calls",
    "n_suggestions",
    "studies_per_box",
    "studies_per_shard",
    "limits",
    "opens_at",
    "closes_at",
    "attempts_per_day",
    "scored_per_day",
    "active_submissions",
    "counting",
    "frozen_at",
    "is_open",
    "boxes",
)


@router.get("/competitions")
async def list_competitions(parts: WithParts) -> Body:
    """Return the competitions that have a public phase."""
    return {
        "competitions": [{"slug": each.slug, "name": each.name} for each in await tables.list_competitions(parts.pool)]
    }


@router.get("/competitions/{slug}")
async def get_competition(slug: str, parts: WithParts, caller: Anyone) -> Body:
    """Return a competition's phases, with the opaque labels of their black boxes."""
    competition = await find_competition(parts.pool, slug)
    phases = await visible_phases(parts.pool, competition, caller)
    return {
        "slug": slug,
        "name": competition.name,
        "phases": [{each: getattr(phase, each) for each in SHOWN} for phase in phases],
    }


@router.get("/packages")
async def list_packages() -> Body:
    """Return every package and version in the two images of a study."""
    return {image: _packages(IMAGES / image / "requirements.lock") for image in ("optimizer", "blackbox")}


def _packages(lock: Path) -> dict[str, str]:
    pins = (line.split()[0].split("==") for line in lock.read_text().splitlines() if "==" in line and line[0].isalnum())
    return {name: version for name, version, *_ in pins}
