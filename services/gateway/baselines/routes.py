"""The organizer's routes of baseline sets, and of the build that makes one."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from arena.api.planning import (
    BaselineDocument,
    BaselineGraph,
    BaselinePage,
    BaselineSummary,
    ImportedBaseline,
    NewBaseline,
)
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.baselines import tables
from services.gateway.baselines.build_graph import KINDS, describe_graph
from services.gateway.baselines.storage import store_baseline
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool
from services.gateway.paging import PAGE_SIZE, Cursor, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem

router = APIRouter(prefix="/api/v1/admin", tags=["baselines"])
VERSION_LIMIT = 2**31
Version = Annotated[int, Query(ge=1, lt=VERSION_LIMIT)]
VersionInCursor = Annotated[int, Field(ge=1, lt=VERSION_LIMIT)]


@router.post("/baselines", status_code=201)
async def import_baseline(body: NewBaseline, pool: WithPool, _: Manager) -> ImportedBaseline:
    """Store a baseline set as the next version of its name."""
    return ImportedBaseline(name=body.name, version=await store_baseline(pool, body))


@router.get("/baselines")
async def list_baselines(
    pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> BaselinePage:
    """Return every baseline set, without its document."""
    after = None if cursor is None else decode_cursor(cursor, tuple[str, VersionInCursor])
    rows = await tables.list_baselines(pool, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.name, row.version))
    return BaselinePage(baselines=[BaselineSummary(**asdict(row)) for row in shown], next=following)


@router.get("/baselines/{name}")
async def get_baseline(name: str, pool: WithPool, _: Organizer, version: Version | None = None) -> BaselineDocument:
    """Return the document of a baseline set, the newest version unless one is named."""
    document = await tables.find_document(pool, name, version)
    if document is None:
        which = f"{name!r}{'' if version is None else f' version {version}'}"
        raise Problem(ProblemCode.NO_SUCH_BASELINE, f"There is no baseline set {which}.")
    return BaselineDocument.model_validate(document)


@router.get("/competitions/{slug}/baseline-graph", tags=["planning"])
async def get_baseline_graph(slug: str, pool: WithPool, _: Organizer) -> BaselineGraph:
    """Return the nodes of the last baseline build: two for each black box, and one that combines them."""
    competition = await find_competition(pool, slug)
    asked = await tables.list_build_nodes(pool, competition.id, list(KINDS))
    built = await tables.find_newest_built(pool, slug)
    return BaselineGraph(competition=slug, nodes=describe_graph(asked, built))
