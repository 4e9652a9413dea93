"""The final: the best teams' counting submissions run again on another phase's black boxes, with more studies.

Only its submissions are stored, which are copies of the first phase's. So starting it again adds only what is missing,
and runs again what failed through no fault of its team.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query

from arena.api.problems import InvalidField
from arena.api.reruns import FinalRequest, FinalStatus, StartedFinal
from arena.api.submissions import BaselineVersion
from arena.words.states import SubmissionState
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.phases import find_phase
from services.gateway.competitions.tables import CompetitionRow
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.final import tables
from services.gateway.final.finalists import show_finalists
from services.gateway.final.start import start
from services.gateway.problems import invalid_request
from shared.database import Pool

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/final", tags=["final"])


@router.post("", status_code=202)
async def start_final(slug: str, body: FinalRequest, pool: WithPool, outbox: WithOutbox, _: Manager) -> StartedFinal:
    """Run the top teams' submissions in the final phase. Sent again, it adds what is missing and removes nobody."""
    competition = await find_competition(pool, slug)
    names = [body.origin, body.phase, *([body.second_phase] if body.second_phase else [])]
    if len(set(names)) < len(names):
        raise invalid_request(InvalidField(where="body", what=f"expected different phases, got {', '.join(names)}"))
    origin = await find_phase(pool, slug, body.origin)
    async with pool.acquire() as connection, connection.transaction():
        copies, announcements = await start(connection, origin, body)
        await outbox.put(connection, announcements)
    outbox.wake()
    log.info("final started", competition=slug, phase=body.phase, submissions=len(copies))
    shown = await _show(pool, competition, body.origin, body.phase, losses=False)
    return StartedFinal(**dict(shown), new=copies)


@router.get("")
async def show_final(
    slug: str,
    pool: WithPool,
    _: Organizer,
    origin: Annotated[str, Query(alias="from")],
    phase: str,
    losses: bool = False,
) -> FinalStatus:
    """Return the finalists in the order of their scores, with their ranks in the first phase.

    With `losses`, each scored one has the loss of every study, by black box and in the order of the studies' numbers.
    """
    return await _show(pool, await find_competition(pool, slug), origin, phase, losses=losses)


async def _show(
    pool: Pool, competition: CompetitionRow, origin_name: str, phase_name: str, *, losses: bool
) -> FinalStatus:
    origin = await find_phase(pool, competition.slug, origin_name)
    phase = await find_phase(pool, competition.slug, phase_name)
    ranking = await tables.list_top(pool, origin.id)
    rows = await tables.list_finalists(pool, phase.id)
    scored = [row.id for row in rows if row.state == SubmissionState.SCORED]
    finalists = show_finalists(rows, ranking, await tables.list_losses(pool, scored) if losses else {})
    return FinalStatus(
        competition=competition.slug,
        name=competition.name,
        origin=origin_name,
        n_calls=phase.n_calls,
        n_suggestions=phase.n_suggestions,
        studies_per_box=phase.studies_per_box,
        boxes=phase.boxes,
        phase=phase_name,
        parameter_names=phase.parameter_names,
        baseline=BaselineVersion(name=phase.baseline, version=phase.baseline_version),
        shared_boxes=sorted(set(origin.boxes) & set(phase.boxes)),
        teams=len(ranking),
        finalists=finalists,
        ended=all(each.ended for each in finalists),
    )
