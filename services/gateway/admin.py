"""The organizer's routes: competitions, teams, baselines, incidents, executions, dead letters."""

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.gateway import baselines, setup
from services.gateway.auth import Organizer, hash_token
from services.gateway.parts import WithParts
from services.gateway.problems import Problem
from services.gateway.submissions import find_competition, find_submission
from services.gateway.tables import queries, submission_body
from shared.messages import Limits

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
DEAD_LETTERS_SHOWN = 100
Body = dict[str, Any]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f/]+$")]
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


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
    """A phase; without times it is always open, without quotas there are none."""

    name: Label
    visibility: Literal["public", "organizer"] = "public"
    baseline: str
    boxes: Annotated[list[Label], Field(min_length=1)]
    n_calls: int = Field(default=16, ge=1)
    n_suggestions: int = Field(default=8, ge=1)
    studies_per_box: int = Field(ge=1)
    studies_per_shard: int = Field(default=1, ge=1)
    limits: Limits = Limits()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    submissions_per_day: int | None = Field(default=None, ge=1)
    active_submissions: int | None = Field(default=None, ge=1)


class Competition(Model):
    """A competition as `arena competition apply` sends it."""

    name: Name
    seed: str = Field(min_length=1, max_length=200)
    black_boxes: Annotated[list[BlackBox], Field(min_length=1)]
    phases: Annotated[list[Phase], Field(min_length=1)]


class NewTeam(Model):
    """A team to be."""

    name: Name


class NewBaseline(Model):
    """A baseline set; the document is in Bayesmark's own format."""

    name: Label
    source: str = Field(max_length=500)
    document: dict[str, Any]


@router.put("/competitions/{slug}")
async def apply_competition(slug: Slug, body: Competition, parts: WithParts, _: Organizer) -> Body:
    """Create or change a competition. What scores already depend on does not change: 409."""
    await setup.apply(parts.pool, slug, body)
    return {"slug": slug, **body.model_dump(mode="json")}


@router.post("/competitions/{slug}/teams", status_code=201)
async def create_team(slug: str, body: NewTeam, parts: WithParts, _: Organizer) -> Body:
    """Create a team; its token is in this answer and nowhere else."""
    competition = await find_competition(parts, slug)
    token = secrets.token_urlsafe(32)
    row = await queries.create_team(
        parts.pool, competition_id=competition["id"], name=body.name, hash=hash_token(token)
    )
    if row is None:
        raise Problem(409, f"There is a team {body.name!r} already; POST to its /token for a new token.")
    return {"team": body.name, "token": token}


@router.post("/competitions/{slug}/teams/{team}/token", status_code=201)
async def renew_token(slug: str, team: str, parts: WithParts, _: Organizer) -> Body:
    """Revoke a team's tokens and give it a new one."""
    competition = await find_competition(parts, slug)
    token = secrets.token_urlsafe(32)
    row = await queries.renew_token(parts.pool, competition_id=competition["id"], name=team, hash=hash_token(token))
    if row is None:
        raise Problem(404, f"There is no team {team!r} in {slug}.")
    return {"team": team, "token": token}


@router.post("/baselines", status_code=201)
async def import_baseline(body: NewBaseline, parts: WithParts, _: Organizer) -> Body:
    """Store a baseline set as the next version of its name."""
    version = await baselines.store(parts.pool, body.name, body.source, body.document)
    return {"name": body.name, "version": version}


@router.get("/baselines")
async def list_baselines(parts: WithParts, _: Organizer) -> Body:
    """Return every baseline set, without its document."""
    return {"baselines": [dict(row) async for row in queries.list_baselines(parts.pool)]}


@router.get("/baselines/{name}")
async def get_baseline(name: str, parts: WithParts, _: Organizer, version: int | None = None) -> Body:
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
        **submission_body(submission),
        "blob_sha256": submission["blob_sha256"],
        "shards": [dict(row) async for row in queries.list_shards(parts.pool, submission_id=submission_id)],
        "events": [dict(row) async for row in queries.list_events(parts.pool, submission_id=submission_id)],
    }


@router.get("/incidents")
async def list_incidents(parts: WithParts, _: Organizer) -> Body:
    """Return the shards that failed too often for the platform's own reasons."""
    return {"incidents": [dict(row) async for row in queries.list_incidents(parts.pool)]}


@router.post("/incidents/{shard_id}/retry", status_code=202)
async def retry_incident(shard_id: UUID, parts: WithParts, _: Organizer) -> Body:
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
