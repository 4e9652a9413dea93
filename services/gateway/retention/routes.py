"""What a finished competition keeps that its scores do not need: how much there is, and dropping it."""

import structlog
from fastapi import APIRouter

from arena.api.export import DropProgress, KeptData, NewDrop, Retention
from arena.words.problems import ProblemCode
from arena.words.states import LOST_WITH
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithBlobs, WithPool
from services.gateway.problems import Problem
from services.gateway.retention import tables
from services.gateway.retention.dropping import drop_data

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/retention", tags=["organizer"])


@router.get("")
async def get_retention(slug: str, pool: WithPool, _: Organizer) -> Retention:
    """Return how much a competition keeps of each kind that may be dropped, and what cannot be done without it."""
    competition = await find_competition(pool, slug)
    kept = await tables.measure_data(pool, competition.id)
    dropped = await tables.list_dropped(pool, competition.id)
    return Retention(
        competition=slug,
        unfinished=await tables.why_unfinished(pool, competition.id),
        data=[
            KeptData(
                kind=kind, rows=rows, size_bytes=size_bytes, lost_with_it=LOST_WITH[kind], dropped=dropped.get(kind)
            )
            for kind, (rows, size_bytes) in kept.items()
        ],
    )


@router.post("/drop")
async def drop(slug: str, body: NewDrop, pool: WithPool, blobs: WithBlobs, caller: Manager) -> DropProgress:
    """Drop data of a kind, of a finished competition. It cannot be undone.

    A request takes seconds; ask again until no submission is left. Scores, leaderboards and reports stay as they are.
    """
    competition = await find_competition(pool, slug)
    if reason := await tables.why_unfinished(pool, competition.id):
        raise Problem(
            ProblemCode.COMPETITION_UNFINISHED,
            f"Expected a finished competition, but in {slug} {reason}. Close its phases (closes_at) and wait for its "
            "submissions.",
        )
    dropped = await tables.record_drop(pool, competition.id, body.kind, caller.token or "an organizer")
    progress = await drop_data(pool, blobs, competition.id, dropped)
    log.info("data dropped", competition=slug, by=dropped.dropped_by, **progress.model_dump())
    return progress
