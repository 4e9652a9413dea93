"""The organizer's routes for operating the platform: overview, runners, incidents, dead letters."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from arena.api.operations import (
    DeadLetter,
    DeadLetters,
    Incident,
    IncidentPage,
    Overview,
    QueueDepth,
    RetriedDeadLetter,
    RetriedIncident,
    RunnerPage,
)
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.dependencies import WithBroker, WithPool, WithSettings
from services.gateway.operations import tables
from services.gateway.operations.runners import show_busy_runners, show_runner
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
DEAD_LETTERS_LIMIT = 100
"""A queue can only be read from its head, so this many messages are all that can be seen or retried."""
DeadLetterLimit = Annotated[int, Query(ge=1, le=DEAD_LETTERS_LIMIT, description="How many messages at most.")]


@router.get("/incidents")
async def list_incidents(
    pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> IncidentPage:
    """Return incidents: shards that failed too often because of the platform."""
    after = None if cursor is None else decode_cursor(cursor, tuple[Moment, UUID])
    rows = await tables.list_incidents(pool, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.changed_at, row.shard_id))
    return IncidentPage(incidents=[Incident(**asdict(row)) for row in shown], next=following)


@router.post("/incidents/{shard_id}/retry", status_code=202)
async def retry_incident(shard_id: UUID, pool: WithPool, _: Manager) -> RetriedIncident:
    """Run an incident's shard again from the start."""
    row = await tables.retry_incident(pool, shard_id)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_INCIDENT, f"Shard {shard_id} is not an incident.")
    return RetriedIncident(**asdict(row))


@router.get("/dead-letters")
async def list_dead_letters(
    pool: WithPool, broker: WithBroker, _: Organizer, limit: DeadLetterLimit = DEAD_LETTERS_LIMIT
) -> DeadLetters:
    """Return the oldest messages that were set aside, with the reasons. They stay in their queue."""
    async with tables.turn_at_dead_letters(pool):
        letters = await broker.dead_letters.peek(limit)
    return DeadLetters(dead_letters=[DeadLetter(**asdict(each)) for each in letters])


@router.post("/dead-letters/{letter_id}/retry", status_code=202)
async def retry_dead_letter(letter_id: str, pool: WithPool, broker: WithBroker, _: Manager) -> RetriedDeadLetter:
    """Send a message that was set aside again. If it still cannot be read, it is set aside once more."""
    async with tables.turn_at_dead_letters(pool):
        is_retried = await broker.retry_dead_letter(letter_id, DEAD_LETTERS_LIMIT)
    if not is_retried:
        raise Problem(
            ProblemCode.NO_SUCH_DEAD_LETTER,
            f"There is no dead letter {letter_id} among the {DEAD_LETTERS_LIMIT} oldest; list again.",
        )
    return RetriedDeadLetter(id=letter_id, retried=True)


@router.get("/overview")
async def get_overview(pool: WithPool, broker: WithBroker, settings: WithSettings, _: Organizer) -> Overview:
    """Return how much waits and since when, and what each runner is doing now."""
    queue = await tables.measure_queue(pool, settings.lease_s)
    runners = await tables.list_runners(pool, settings.lease_s)
    async with tables.turn_at_dead_letters(pool):
        dead_letters = await broker.dead_letters.count()
    return Overview(
        queue=QueueDepth(**asdict(queue)),
        runners=show_busy_runners(runners, await tables.list_held_shards(pool)),
        dead_letters=dead_letters,
    )


@router.get("/runners")
async def list_runners(
    pool: WithPool, settings: WithSettings, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> RunnerPage:
    """Return what each runner last reported. A runner that is silent for longer than a lease counts as gone."""
    after = None if cursor is None else decode_cursor(cursor, tuple[str])[0]
    rows = await tables.list_runners(pool, settings.lease_s, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.id,))
    return RunnerPage(runners=[show_runner(row) for row in shown], next=following)
