"""The final: the best teams' counting submissions again, on the black boxes of another phase, with more studies.

Nothing of it is remembered but its submissions: they are copies of the first phase's, so asking again adds only what is
missing, and what ended through no fault of its team is run once more.
"""

from typing import Annotated, Any
from uuid import UUID

import asyncpg
import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from arena.version import code_version
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.phases import find_phase, no_phase
from services.gateway.competitions.tables import CompetitionRow
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.tables import copy_submissions
from services.gateway.tables import queries
from shared.database import Connection
from shared.messages import PhaseChanged, SubmissionAccepted

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/final", tags=["final"])
Body = dict[str, Any]
PhaseName = Annotated[str, Field(min_length=1, max_length=60)]


class Final(BaseModel):
    """Which teams go from which phase into which, and how many studies they get on each black box there."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    origin: PhaseName = Field(alias="from")
    phase: PhaseName
    top: int = Field(default=20, ge=1, le=10_000)
    studies: int = Field(default=100, ge=1, le=100_000)
    even_if_unended: bool = Field(
        default=False, description="Go on although submissions of the first phase have not ended, without them."
    )


@router.post("", status_code=202)
async def start_final(slug: str, body: Final, parts: WithParts, _: Manager) -> Body:
    """Run the top teams' submissions in the final phase. Sent again, it adds what is missing; a finalist stays one."""
    competition = await find_competition(parts.pool, slug)
    if body.origin == body.phase:
        raise Problem(422, f"Expected two phases, one to come from and one to go to; got {body.phase} twice.")
    origin = await find_phase(parts, slug, body.origin)
    async with parts.pool.acquire() as connection, connection.transaction():
        present = await queries.lock_competition(connection, slug=slug)
        phase = await queries.lock_final_phase(connection, competition_id=competition.id, phase=body.phase)
        if phase is None:
            raise no_phase(slug, body.phase)
        await _check_ended(connection, origin, body)
        await _set_studies(connection, present, phase, body.studies)
        wanted = await _wanted(connection, origin["id"], phase["id"], body.top)
        copies = await copy_submissions(connection, wanted, phase["id"])
        change = await queries.next_change(connection, phase_id=phase["id"])
        await parts.outbox.put(
            connection,
            [
                *(SubmissionAccepted(submission_id=each) for each in copies),
                PhaseChanged(phase_id=phase["id"], change=change),
            ],
        )
    parts.outbox.wake()
    log.info("final started", competition=slug, phase=body.phase, submissions=len(copies))
    return await _show(parts, competition, body.origin, body.phase) | {"new": [str(each) for each in copies]}


@router.get("")
async def show_final(
    slug: str,
    parts: WithParts,
    _: Organizer,
    origin: Annotated[str, Query(alias="from")],
    phase: str,
    losses: bool = False,
) -> Body:
    """Return the finalists in the order of their scores, beside their places in the phase they came from.

    With `losses`, those that are scored have the loss of every study, by black box and in the studies' order.
    """
    competition = await find_competition(parts.pool, slug)
    shown = await _show(parts, competition, origin, phase)
    if losses:
        by_id: dict[UUID, dict[str, list[float]]] = {
            UUID(each["submission_id"]): {} for each in shown["finalists"] if each["state"] == SubmissionState.SCORED
        }
        async for row in queries.study_losses(parts.pool, submission_ids=list(by_id)):
            by_id[row["submission_id"]][row["box"]] = row["losses"]
        for each in shown["finalists"]:
            each["losses"] = by_id.get(UUID(each["submission_id"]))
    return shown


async def _check_ended(connection: Connection, origin: asyncpg.Record, body: Final) -> None:
    unended: int = await queries.unended_in_phase(connection, phase_id=origin["id"])
    if unended and not body.even_if_unended:
        raise Problem(
            409,
            f"Expected that every submission of phase {body.origin} has ended, but {unended} have not. "
            "Wait for them or cancel them, or go on without them by even_if_unended.",
            unended=unended,
        )


async def _set_studies(connection: Connection, present: asyncpg.Record, phase: asyncpg.Record, studies: int) -> None:
    """Give the phase so many studies, each a shard; as a revision, so that scores name what they come from."""
    if phase["is_used"] and phase["studies_per_box"] != studies:
        raise Problem(
            409,
            f"Phase {phase['name']} has submissions with {phase['studies_per_box']} studies on each black box, "
            f"got {studies}; ask for {phase['studies_per_box']}, or take a phase without submissions.",
        )
    changes = {"studies_per_box": studies, "studies_per_shard": 1}
    if all(phase[name] == value for name, value in changes.items()):
        return
    await queries.set_final_studies(connection, phase_id=phase["id"], studies=studies)
    document: Body = present["document"] or {}
    phases = [each | changes if each.get("name") == phase["name"] else each for each in document.get("phases", [])]
    await queries.add_revision(
        connection,
        competition_id=present["id"],
        document=document | {"phases": phases},
        code_version=code_version(),
    )


async def _wanted(connection: Connection, origin_id: UUID, phase_id: UUID, top: int) -> list[UUID]:
    """Return what is to be copied: top teams that are not there yet, and runs that ended by no fault of their team."""
    present = {row["team_id"]: row async for row in queries.final_submissions(connection, phase_id=phase_id)}
    again = [
        row["id"]
        for row in present.values()
        if row["state"] == SubmissionState.CANCELLED or row["verdict"] == Verdict.PLATFORM_FAULT
    ]
    best = [row async for row in queries.top_submissions(connection, phase_id=origin_id, top=top)]
    if not best and not present:
        raise Problem(409, "Expected scored submissions in the phase to come from, got none; nobody is in the final.")
    return again + [row["id"] for row in best if row["team_id"] not in present]


async def _show(parts: Parts, competition: CompetitionRow, origin_name: str, phase_name: str) -> Body:
    origin = await find_phase(parts, competition.slug, origin_name)
    phase = await find_phase(parts, competition.slug, phase_name)
    counting = [row async for row in queries.top_submissions(parts.pool, phase_id=origin["id"], top=None)]
    places = {row["team_id"]: (place, row["score"]) for place, row in enumerate(counting, start=1)}
    finalists = [
        _finalist(row, *places.get(row["team_id"], (None, None)))
        async for row in queries.final_submissions(parts.pool, phase_id=phase["id"])
    ]
    return {
        "competition": competition.slug,
        "name": competition.name,
        "from": origin_name,
        **{name: phase[name] for name in ("n_calls", "n_suggestions", "studies_per_box", "boxes")},
        "phase": phase_name,
        "baseline": {"name": phase["baseline"], "version": phase["baseline_version"]},
        "shared_boxes": sorted(set(origin["boxes"]) & set(phase["boxes"])),
        "teams": len(places),
        "finalists": finalists,
        "ended": all(each["ended"] for each in finalists),
    }


def _finalist(row: asyncpg.Record, place: int | None, score: float | None) -> Body:
    return {
        "team": row["team"],
        "submission_id": str(row["id"]),
        "origin_id": str(row["origin_id"]),
        "submitted_at": row["submitted_at"].isoformat(),
        "state": row["state"],
        "verdict": row["verdict"],
        "ended": row["ended_at"] is not None,
        "score": row["score"],
        "interval": None if row["score_low"] is None else [row["score_low"], row["score_high"]],
        "studies_done": row["studies_done"],
        "studies_total": row["studies_total"],
        "feedback_rank": place,
        "feedback_score": score,
    }
