"""The organizer's routes: competitions, baselines, incidents, executions, dead letters."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.gateway import baselines, setup
from services.gateway.auth import Manager, Organizer
from services.gateway.parts import WithParts
from services.gateway.problems import Problem
from services.gateway.submissions import find_competition, find_submission
from services.gateway.tables import queries, submission_body
from shared.broker import DEAD
from shared.competition import Competition, Model
from shared.names import Label, Slug

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
DEAD_LETTERS_SHOWN = 100
Body = dict[str, Any]
Version = Annotated[int, Query(ge=1, le=2**31 - 1)]


class NewBaseline(Model):
    """A baseline set; the document is in Bayesmark's own format."""

    name: Label
    source: str = Field(max_length=500, pattern=r"^[^\x00]*$")
    document: dict[str, Any]


@router.put("/competitions/{slug}")
async def apply_competition(slug: Slug, body: Competition, parts: WithParts, _: Manager) -> Body:
    """Create or change a competition: its next revision. What scores already depend on does not change: 409."""
    return await setup.apply(parts.pool, slug, body)


@router.post("/competitions/{slug}/plan")
async def plan_competition(slug: Slug, body: Competition, parts: WithParts, _: Manager) -> Body:
    """Return what applying this would change, and what of it would be refused; nothing is changed."""
    return await setup.plan(parts.pool, slug, body)


@router.get("/competitions/{slug}/revisions")
async def list_revisions(slug: Slug, parts: WithParts, _: Organizer) -> Body:
    """Return every revision of a competition, the newest first, with the document that was applied."""
    competition = await find_competition(parts, slug)
    rows = queries.list_revisions(parts.pool, competition_id=competition["id"])
    return {"revisions": [dict(row) async for row in rows]}


@router.post("/baselines", status_code=201)
async def import_baseline(body: NewBaseline, parts: WithParts, _: Manager) -> Body:
    """Store a baseline set as the next version of its name."""
    version = await baselines.store(parts.pool, body.name, body.source, body.document)
    return {"name": body.name, "version": version}


@router.get("/baselines")
async def list_baselines(parts: WithParts, _: Organizer) -> Body:
    """Return every baseline set, without its document."""
    return {"baselines": [dict(row) async for row in queries.list_baselines(parts.pool)]}


@router.get("/baselines/{name}")
async def get_baseline(name: str, parts: WithParts, _: Organizer, version: Version | None = None) -> Body:
    """Return the document of a baseline set, the newest version unless one is named."""
    row = await queries.find_baseline(parts.pool, name=name, version=version)
    if row is None:
        raise Problem(404, f"There is no baseline set {name!r}{'' if version is None else f' version {version}'}.")
    document: Body = row["document"]
    return document


@router.get("/submissions/{submission_id}")
async def inspect_submission(submission_id: UUID, parts: WithParts, caller: Organizer) -> Body:
    """Return a submission with its shards, executions and history."""
    submission = await find_submission(parts, submission_id, caller)
    return {
        **submission_body(submission, caller.role, await parts.forecasts.find(submission)),
        "blob_sha256": submission["blob_sha256"],
        "priority": submission["priority"],
        "shards": [dict(row) async for row in queries.list_shards(parts.pool, submission_id=submission_id)],
        "events": [dict(row) async for row in queries.list_events(parts.pool, submission_id=submission_id)],
    }


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
    return {"dead_letters": await parts.broker.peek_dead_letters(DEAD_LETTERS_SHOWN)}


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
    return {"queue": dict(queue), "runners": runners, "dead_letters": await parts.broker.waiting(DEAD)}


@router.get("/runners")
async def list_runners(parts: WithParts, _: Organizer) -> Body:
    """Return what each runner said of itself last."""
    return {"runners": [dict(row) async for row in queries.list_runners(parts.pool)]}
