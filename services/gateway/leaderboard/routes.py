"""The leaderboard of a phase, for whoever may see the phase."""

from fastapi import APIRouter

from arena.api.leaderboard import Leaderboard
from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.dependencies import WithPool
from services.gateway.leaderboard.ranking import LeaderboardReader

router = APIRouter(prefix="/api/v1", tags=["leaderboard"])


@router.get("/competitions/{slug}/leaderboard")
async def get_leaderboard(slug: str, pool: WithPool, caller: Anyone, phase: str | None = None) -> Leaderboard:
    """Return the leaderboard of a phase, and the number of the change up to which it is current.

    While the phase is frozen, only organizers see the current one; others see it as it was when it was frozen.
    """
    competition = await find_competition(pool, slug)
    chosen = await choose_phase(pool, competition, phase, caller)
    ranked = await LeaderboardReader(pool, chosen.id, present=caller.role == "organizer").load()
    return Leaderboard(
        competition=slug,
        phase=chosen.name,
        change=ranked.change,
        frozen=ranked.frozen_at is not None,
        frozen_at=ranked.frozen_at,
        rows=ranked.rows,
    )
