"""The leaderboard of a phase, for whoever may see the phase."""

from typing import Any

from fastapi import APIRouter

from services.gateway.auth import Anyone
from services.gateway.parts import WithParts
from services.gateway.standings import Leaderboard
from services.gateway.submissions import choose_phase, find_competition

router = APIRouter(prefix="/api/v1", tags=["leaderboard"])


@router.get("/competitions/{slug}/leaderboard")
async def get_leaderboard(slug: str, parts: WithParts, caller: Anyone, phase: str | None = None) -> dict[str, Any]:
    """Return the leaderboard of a phase, and the number of the change up to which it is current."""
    competition = await find_competition(parts, slug)
    chosen = await choose_phase(parts, competition, phase, caller)
    change, rows = await Leaderboard(parts.pool, chosen["id"]).load()
    return {"competition": slug, "phase": chosen["name"], "change": change, "rows": rows}
