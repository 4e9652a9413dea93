"""The organizer's routes: competitions, baselines, incidents, executions, dead letters."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from services.gateway import baselines, setup
from services.gateway.auth import Manager, Organizer
from services.gateway.names import Label, Name, Slug
from services.gateway.parts import WithParts
from services.gateway.problems import Problem
from services.gateway.submissions import find_submission
from services.gateway.tables import queries, submission_body
from shared.messages import Limits

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
DEAD_LETTERS_SHOWN = 100
Body = dict[str, Any]
Version = Annotated[int, Query(ge=1, le=2**31 - 1)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Model(BaseModel):
    """A request body: nothing in it is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class BlackBox(Model):
    """A test problem under its opaque label."""

    label: Label
    model: Name
    dataset: Name
    metric: Name

    @property
    def test_case(self) -> str:
        """Bayesmark's name of the test problem."""
        return f"{self.model}_{self.dataset}_{self.metric}"


class Phase(Model):
    """A phase; without times it is always open, without quotas there are none.

    On a practice phase teams see logs, so its black boxes are no secret and belong to no other phase.
    """

    name: Label
    visibility: Literal["public", "organizer"] = "public"
    practice: bool = False
    baseline: str = Field(max_length=100)
    boxes: Annotated[list[Label], Field(min_length=1)]
    n_calls: Count = 16
    n_suggestions: Count = 8
    studies_per_box: Count
    studies_per_shard: Count = 1
    limits: Limits = Limits()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_per_day: Count | None = None
    scored_per_day: Count | None = None
    active_submissions: Count | None = None


class Competition(Model):
    """A competition as `arena competition apply` sends it."""

    name: Name
    seed: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    black_boxes: Annotated[list[BlackBox], Field(min_length=1)]
    phases: Annotated[list[Phase], Field(min_length=1)]


class NewBaseline(Model):
    """A baseline set; the document is in Bayesmark's own format."""

    name: Label
    source: str = Field(max_length=500, pattern=r"^[^\x00]*$")
    document: dict[str, Any]


@router.put("/competitions/{slug}")
async def apply_competition(slug: Slug, body: Competition, parts: WithParts, _: Manager) -> Body:
    """Create or change a competition. What scores already depend on does not change: 409."""
    await setup.apply(parts.pool, slug, body)
    return {"slug": slug, **body.model_dump(mode="json")}


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


@router.get("/runners")
async def list_runners(parts: WithParts, _: Organizer) -> Body:
    """Return what each runner said of itself last."""
    return {"runners": [dict(row) async for row in queries.list_runners(parts.pool)]}
