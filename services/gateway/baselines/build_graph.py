"""What an organizer plans with before opening: the candidate black boxes, and the graph of the baselines."""

from typing import Any

from fastapi import APIRouter

from services.gateway.accounts.callers import Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithParts
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin/competitions/{slug}", tags=["planning"])
KINDS = {"baseline-random": "random", "baseline-strong": "strong"}
"""The purposes of the organizer runs that baselines are made of, and what their nodes are called."""
Body = dict[str, Any]


@router.get("/black-boxes")
async def list_black_boxes(slug: str, parts: WithParts, _: Organizer) -> Body:
    """Return every black box of a competition by its real name, and the seed that the seeds of studies derive from."""
    competition = await find_competition(parts.pool, slug)
    seed = await queries.competition_seed(parts.pool, competition_id=competition.id)
    boxes = [dict(row) async for row in queries.list_black_boxes(parts.pool, competition_id=competition.id)]
    return {"seed": seed, "black_boxes": boxes}


@router.get("/costs")
async def list_costs(slug: str, parts: WithParts, _: Organizer) -> Body:
    """Return what an evaluation of each black box took on average, in seconds, in the organizer's own studies."""
    competition = await find_competition(parts.pool, slug)
    return {"costs": [dict(row) async for row in queries.list_costs(parts.pool, competition_id=competition.id)]}


@router.get("/baseline-graph")
async def get_baseline_graph(slug: str, parts: WithParts, _: Organizer) -> Body:
    """Return the nodes of the baselines asked for last: two of each black box, and the one that combines them.

    The combining node is `scored` when the newest baseline set of this competition was made of those.
    """
    competition = await find_competition(parts.pool, slug)
    nodes: list[Body] = [
        {**row, "kind": KINDS[row["purpose"]], "submission_id": str(row["submission_id"])}
        async for row in queries.baseline_nodes(parts.pool, competition_id=competition.id, purposes=list(KINDS))
    ]
    made = await queries.newest_built_baseline(parts.pool, slug=slug)
    used = made_of_last(nodes, set(made["nodes"]) if made is not None else set())
    combine = {
        "kind": "combine",
        "box": None,
        "key": made["key"] if used else None,
        "state": "scored" if used else "queued",
        "studies_done": int(bool(used)),
        "studies_total": 1,
        "baseline": f"{made['name']}@{made['version']}" if used else None,
    }
    return {"competition": slug, "nodes": [*(used or nodes), combine] if nodes else []}


def made_of_last(nodes: list[Body], keys: set[str]) -> list[Body]:
    """Return the nodes that a baseline set with these keys was made of; none if others were asked for after them."""
    used = [node for node in nodes if node["key"] in keys]
    if {node["key"] for node in used} != keys or not used:
        return []
    asked_at = min(node["asked_at"] for node in used)
    return used if all(node["asked_at"] < asked_at for node in nodes if node not in used) else []
