"""What the generalization losses say: to organizers always, and to everybody once an organizer reveals it."""

import structlog
from fastapi import APIRouter

from arena.api.competitions import RevealedGeneralization
from arena.api.leaderboard import GeneralizationRanking
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Anyone, Manager
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.competitions.phases import find_phase, no_phase
from services.gateway.dependencies import WithGeneralizationScores, WithPool
from services.gateway.generalization import tables
from services.gateway.generalization.access import check_may_see_generalization
from services.gateway.leaderboard.reader import PhaseGone
from services.gateway.problems import Problem

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1")


@router.get("/competitions/{slug}/generalization", tags=["leaderboard"])
async def get_generalization(
    slug: str, pool: WithPool, scores: WithGeneralizationScores, caller: Anyone, phase: str | None = None
) -> GeneralizationRanking:
    """Return the teams of a phase's leaderboard with the score and the rank that the generalization losses would give.

    The generalization loss of a study is that of the point with the best visible loss, by Bayesmark's rule, and scores
    refer to the baseline's generalization losses. Before an organizer reveals it, this is for organizers alone.
    """
    chosen = await choose_phase(pool, await find_competition(pool, slug), phase, caller)
    revealed_at = await tables.find_reveal(pool, chosen.id)
    check_may_see_generalization(caller, chosen.name, is_revealed=revealed_at is not None)
    try:
        rows = await scores.load(chosen, present=caller.role == "organizer")
    except PhaseGone as gone:
        raise no_phase(slug, chosen.name) from gone
    return GeneralizationRanking(competition=slug, phase=chosen.name, revealed_at=revealed_at, rows=rows)


@router.post("/admin/competitions/{slug}/phases/{phase}/reveal-generalization", tags=["organizer"])
async def reveal_generalization(slug: str, phase: str, pool: WithPool, caller: Manager) -> RevealedGeneralization:
    """Show everybody what the generalization losses of a phase say, from now on; it cannot be undone.

    The phase must have ended: closed, or never open to teams, with no submission that has not ended. Revealing again
    changes nothing.
    """
    found = await find_phase(pool, slug, phase)
    by = caller.token or "an organizer"
    async with pool.acquire() as connection, connection.transaction():
        if found.is_open and found.visibility == "public":
            raise Problem(
                ProblemCode.PHASE_STILL_OPEN,
                f"Expected a phase that has ended, but {phase} is open; close it first (closes_at).",
            )
        if unended := await tables.count_unended(connection, found.id):
            raise Problem(
                ProblemCode.SUBMISSIONS_UNENDED,
                f"Expected a phase that has ended, but {unended} submissions of {phase} have not; wait or cancel them.",
                unended=unended,
            )
        revealed_at = await tables.reveal(connection, found.id, by)
    log.info("generalization revealed", competition=slug, phase=phase, by=by)
    return RevealedGeneralization(competition=slug, phase=phase, revealed_at=revealed_at)
