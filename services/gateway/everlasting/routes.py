"""A final that is reopened as an everlasting benchmark, and what everybody may know of the competition then."""

import structlog
from fastapi import APIRouter

from arena.api.views.everlasting import EverlastingBenchmark, ReopenedPhase, RevealedProblem, RevealedProblemPage
from services.gateway.accounts.callers import Anyone, Manager
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.phases import find_phase
from services.gateway.dependencies import WithLeaderboards, WithOutbox, WithPool
from services.gateway.everlasting import tables
from services.gateway.everlasting.benchmark import find_benchmark, not_reopened
from services.gateway.everlasting.reopening import reopen_phase
from services.gateway.paging import PAGE_SIZE, Cursor, PageLimit, decode_cursor, split_page

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["final"])


@router.post("/admin/competitions/{slug}/phases/{phase}/reopen")
async def reopen(slug: str, phase: str, pool: WithPool, outbox: WithOutbox, _: Manager) -> ReopenedPhase:
    """Reopen the final of a competition that has ended as an everlasting benchmark.

    It cannot be taken back: everybody may read which test problems the black boxes are, teams read the logs of their
    entries, and the phase stays open. Its leaderboard is frozen at this moment. Reopening again changes nothing.
    """
    found = await find_phase(pool, slug, phase)
    async with pool.acquire() as connection, connection.transaction():
        announcement = await reopen_phase(connection, found)
        if announcement is not None:
            await outbox.put(connection, [announcement])
    outbox.wake()
    reopened_at = await tables.find_reopened_at(pool, found.id)
    assert reopened_at is not None  # noqa: S101 - a reopening is never taken back
    log.info("phase reopened", competition=slug, phase=phase, again=announcement is None)
    now = await find_phase(pool, slug, phase)
    return ReopenedPhase(
        competition=slug,
        phase=phase,
        reopened_at=reopened_at,
        attempts_per_day=now.attempts_per_day,
        active_submissions=now.active_submissions,
    )


@router.get("/competitions/{slug}/everlasting")
async def get_everlasting(
    slug: str, pool: WithPool, leaderboards: WithLeaderboards, caller: Anyone, phase: str | None = None
) -> EverlastingBenchmark:
    """Return a reopened phase, or the one that was reopened last: all entries, and each team's place in the final."""
    return await find_benchmark(pool, leaderboards, await find_competition(pool, slug), phase, caller)


@router.get("/competitions/{slug}/revealed-boxes")
async def list_revealed_boxes(
    slug: str, pool: WithPool, _: Anyone, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> RevealedProblemPage:
    """Return which test problems the black boxes of a competition are, once it was reopened."""
    competition = await find_competition(pool, slug)
    if await tables.find_newest_reopened(pool, competition.id) is None:
        raise not_reopened(slug)
    after = "" if cursor is None else decode_cursor(cursor, tuple[str])[0]
    rows = await tables.list_revealed(pool, competition.id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.label,))
    return RevealedProblemPage(
        black_boxes=[RevealedProblem(label=row.label, test_case=row.test_case) for row in shown], next=following
    )
