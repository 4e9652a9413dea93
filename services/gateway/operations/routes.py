"""The organizer's routes: competitions, baselines, incidents, executions, dead letters."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.dependencies import WithParts
from services.gateway.problems import Problem
from services.gateway.tables import queries
from shared.broker.topology import DEAD

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
DEAD_LETTERS_SHOWN = 100
Body = dict[str, Any]


@router.get("/incidents")
async def list_incidents(parts: WithParts, _: Organizer) -> Body:
    """Return the shards that failed too often for the platform's own reasons."""
    return {"incidents": [dict(row) async for row in queries.list_incidents(parts.pool)]}


@router.post("/incidents/{shard_id}/retry", status_code=202)
async def retry_incident(shard_id: UUID, parts: WithParts, _: Manager) -> Body:
    """Let an incident's shard be tried again from the start."""
    row = await queries.retry_incident(parts.pool, shard_id=shard_id)
    if row is None:
        raise Problem(404, f"Shard {shard_id} is no incident.")
    return dict(row)


@router.get("/dead-letters")
async def list_dead_letters(parts: WithParts, _: Organizer) -> Body:
    """Return the messages that were set aside, with their reasons; they stay where they are."""
    return {"dead_letters": [asdict(each) for each in await parts.broker.dead_letters.peek(DEAD_LETTERS_SHOWN)]}


@router.post("/dead-letters/{letter_id}/retry", status_code=202)
async def retry_dead_letter(letter_id: str, parts: WithParts, _: Manager) -> Body:
    """Send a message that was set aside once more; what cannot be read still is set aside again."""
    if not await parts.broker.retry_dead_letter(letter_id, DEAD_LETTERS_SHOWN):
        raise Problem(404, f"There is no dead letter {letter_id} among the {DEAD_LETTERS_SHOWN} oldest; look again.")
    return {"id": letter_id, "retried": True}


@router.get("/overview")
async def overview(parts: WithParts, _: Organizer) -> Body:
    """Return how much waits and since when, and each runner with what it is doing now."""
    doing: dict[str, list[Body]] = {}
    async for row in queries.work_in_hand(parts.pool):
        work = dict(row)
        doing.setdefault(work.pop("runner_id"), []).append(work)
    runners = [{**row, "doing": doing.get(row["id"], [])} async for row in queries.list_runners(parts.pool)]
    queue = await queries.queue_depth(parts.pool, seen_s=parts.settings.lease_s)
    return {"queue": dict(queue), "runners": runners, "dead_letters": await parts.broker.count_waiting(DEAD)}


@router.get("/runners")
async def list_runners(parts: WithParts, _: Organizer) -> Body:
    """Return what each runner said of itself last."""
    return {"runners": [dict(row) async for row in queries.list_runners(parts.pool)]}
