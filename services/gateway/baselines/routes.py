"""The organizer's routes of baseline sets."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from arena.api.planning import NewBaseline
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.baselines import storage as baselines
from services.gateway.dependencies import WithParts
from services.gateway.problems import Problem
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
Body = dict[str, Any]
Version = Annotated[int, Query(ge=1, le=2**31 - 1)]


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
