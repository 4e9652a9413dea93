"""A feedback phase that has ended, for tests of the final."""

from typing import Any
from uuid import UUID

import httpx

from shared.database import Pool
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip, submit

SCORES = {"a": 90.0, "b": 80.0, "c": 70.0}
PLACES = {"a": 70.0, "b": 60.0}
"""Scores in the final."""


async def end(pool: Pool, submission: str, state: str = "scored", verdict: str = "scored", **changes: Any) -> None:
    """End a submission, as if its studies had run."""
    await pool.execute(
        "update submissions set state = $2, verdict = $3, ended_at = now(), score = $4, "
        "studies_done = studies_total where id = $1",
        UUID(submission),
        state,
        verdict,
        changes.get("score"),
    )


async def set_up(
    gateway: Gateway, pool: Pool, second_phase: dict[str, Any] | None = None
) -> tuple[dict[str, httpx.AsyncClient], dict[str, str]]:
    """Create three teams, each with a scored submission in the feedback phase; the best team also has a worse one.

    `second_phase`, called blind, has hidden parameter names; it is the final's phase but for that and these changes.
    """
    same = {"visibility": "organizer", "boxes": ["box-02"], "studies_per_box": 5, "studies_per_shard": 5}
    phases = [phase(boxes=["box-01"]), phase("final", **same)]
    if second_phase is not None:
        phases.append(phase("blind", **same | {"parameter_names": "hidden"} | second_phase))
    (await gateway.apply(competition(*phases))).raise_for_status()
    teams = {name: await gateway.team(name) for name in SCORES}
    ids = {}
    for name, score in [("a", 10.0), *SCORES.items()]:
        answer = await submit(teams[name], make_zip(f"class {name}: ...".encode()))
        ids[name] = answer.raise_for_status().json()["id"]
        await end(pool, ids[name], score=score)
    return teams, ids


async def finish_final(gateway: Gateway, pool: Pool) -> tuple[dict[str, httpx.AsyncClient], dict[str, str]]:
    """Run a final of two teams to its end, after a feedback phase that has closed; returns its submissions."""
    teams, _ = await set_up(gateway, pool)
    body = {"from": "feedback", "phase": "final", "top": 2, "studies": 2}
    answer = await gateway.organizer.post("/api/v1/admin/competitions/c/final", json=body)
    finalists = {each["team"]: each["submission_id"] for each in answer.raise_for_status().json()["finalists"]}
    for team, submission in finalists.items():
        await end(pool, submission, score=PLACES[team])
    await pool.execute("update phases set closes_at = now() where name = 'feedback'")
    return teams, finalists


async def enter_later(pool: Pool, client: httpx.AsyncClient, score: float) -> None:
    """Submit something else to the reopened final, and let it be scored."""
    answer = await submit(client, make_zip(b"# later\nclass Later: ..."), phase="final")
    identity: str = answer.raise_for_status().json()["id"]
    await end(pool, identity, score=score)
    await pool.execute("update submissions set change = next_change(phase_id) where id = $1", UUID(identity))
