"""The leaderboard of a phase, for whoever may see the phase."""

from typing import Any

from fastapi import APIRouter

from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.dependencies import WithParts
from services.gateway.leaderboard.ranking import Leaderboard

router = APIRouter(prefix="/api/v1", tags=["leaderboard"])


@router.get("/competitions/{slug}/leaderboard")
async def get_leaderboard(slug: str, parts: WithParts, caller: Anyone, phase: str | None = None) -> dict[str, Any]:
    """Return the leaderboard of a phase, and the number of the change up to which it is current.

    While the phase is frozen, everybody but organizers gets it as it was then.
    """
    competition = await find_competition(parts, slug)
    chosen = await choose_phase(parts, competition, phase, caller)
    standings = await Leaderboard(parts.pool, chosen["id"], present=caller.role == "organizer").load()
    return {
        "competition": slug,
        "phase": chosen["name"],
        "change": standings.change,
        "frozen": standings.frozen_at is not None,
        "frozen_at": standings.frozen_at,
        "rows": standings.rows,
    }
