"""Rescoring candidates in Postgres: creating, comparing, applying and archiving them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.reruns import RescoringRequest
from services.gateway.competitions.tables import PhaseRow
from shared.database import Connection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.rescoring") / "queries.sql")
DEFINITION_COUNTS = {"n_calls", "n_suggestions", "studies_per_box", "studies_per_shard"}


@dataclass(frozen=True)
class ProgressRow:
    """How far the submissions of a phase are."""

    submissions: int
    ended: int
    studies_done: int
    studies_total: int


@dataclass(frozen=True)
class ComparedRow:
    """A submission before (`old`) and after (`new`) it was run again; `new` is None for one that counts but was not."""

    team: str
    old_id: UUID
    old_score: float | None
    old_ended_at: datetime | None
    old_counts: bool
    new_id: UUID | None
    new_score: float | None
    new_ended_at: datetime | None
    new_state: str | None
    new_verdict: str | None
    new_counts: bool


@dataclass(frozen=True)
class _IdRow:
    id: UUID


@dataclass(frozen=True)
class _BoxRow:
    id: UUID
    label: str


async def lock_rescoring(connection: Connection, phase_id: UUID) -> None:
    """Lock a phase's rescoring until the transaction ends, so that requests about its candidate take turns."""
    await queries.lock_rescoring(connection, phase_id=phase_id)


async def find_candidate(connection: Connection, phase_id: UUID) -> PhaseRow | None:
    """Return the candidate of a phase that is neither applied nor discarded."""
    return await fetch_one(PhaseRow, queries.find_candidate(connection, phase_id=phase_id))


async def insert_candidate(
    connection: Connection,
    phase_id: UUID,
    name: str,
    wanted: RescoringRequest,
    *,
    baseline_id: UUID | None,
    limits: dict[str, Any],
) -> UUID:
    """Insert a hidden copy of a phase with the wanted changes; returns its id."""
    candidate_id: UUID = await queries.insert_candidate(
        connection,
        phase_id=phase_id,
        name=name,
        baseline_id=baseline_id,
        limits=limits,
        **wanted.model_dump(include=DEFINITION_COUNTS | {"priority"}),
    )
    return candidate_id


async def list_box_labels(connection: Connection, phase_id: UUID) -> set[str]:
    """Return the labels of a phase's black boxes."""
    rows = await fetch_all(_BoxRow, queries.boxes_of_phase(connection, phase_id=phase_id))
    return {row.label for row in rows}


async def list_uncovered_boxes(connection: Connection, phase_id: UUID) -> list[str]:
    """Return the labels of a phase's black boxes that its baseline set does not cover for enough iterations."""
    return [row["label"] async for row in queries.uncovered_boxes(connection, phase_id=phase_id)]


async def list_ended_submissions(connection: Connection, phase_id: UUID, *, only_counting: bool) -> list[UUID]:
    """Return the submissions of a phase that can be run again, or those of them that count."""
    rows = queries.ended_submissions(connection, phase_id=phase_id, only_counting=only_counting)
    return [row.id for row in await fetch_all(_IdRow, rows)]


async def measure_progress(connection: Connection, phase_id: UUID) -> ProgressRow:
    """Return how far the submissions of a phase are."""
    return ProgressRow(**await queries.progress_of_phase(connection, phase_id=phase_id))


async def compare_submissions(connection: Connection, old_id: UUID, new_id: UUID) -> list[ComparedRow]:
    """Return the submissions of a phase beside their new runs in its candidate."""
    return await fetch_all(ComparedRow, queries.compare_submissions(connection, old_id=old_id, new_id=new_id))


async def lock_submissions(connection: Connection, phase_ids: Sequence[UUID]) -> None:
    """Lock the submissions of phases until the transaction ends; to be called before the phases are locked."""
    await queries.lock_submissions_of(connection, phase_ids=list(phase_ids))


async def count_unended(connection: Connection, phase_ids: Sequence[UUID]) -> int:
    """Return how many submissions of phases have not ended."""
    unended: int = await queries.count_unended(connection, phase_ids=list(phase_ids))
    return unended


async def list_unended(connection: Connection, phase_id: UUID) -> list[UUID]:
    """Return the submissions of a phase that have not ended."""
    rows = queries.unended_submissions_of(connection, phase_id=phase_id)
    return [row.id for row in await fetch_all(_IdRow, rows)]


async def list_teams_left_out(connection: Connection, old_id: UUID, new_id: UUID) -> list[str]:
    """Return the teams with a submission that counts, none of which was run again."""
    return [row["name"] async for row in queries.teams_left_out(connection, old_id=old_id, new_id=new_id)]


async def swap(
    connection: Connection, live_id: UUID, candidate_id: UUID, changes: Mapping[UUID, int], revision: int
) -> None:
    """Exchange submissions, definition and black boxes between a phase and its candidate, and archive the candidate.

    `changes` holds the change number of each of the two phases, by phase id.
    """
    boxes = {
        each: [row.id for row in await fetch_all(_BoxRow, queries.boxes_of_phase(connection, phase_id=each))]
        for each in (live_id, candidate_id)
    }
    await queries.swap_submissions(
        connection,
        live_id=live_id,
        candidate_id=candidate_id,
        live_change=changes[live_id],
        candidate_change=changes[candidate_id],
        revision=revision,
    )
    await queries.select_again(connection, live_id=live_id)
    await queries.swap_phases(connection, live_id=live_id, candidate_id=candidate_id)
    await queries.clear_boxes(connection, phase_ids=[live_id, candidate_id])
    await queries.give_boxes(connection, phase_id=live_id, box_ids=boxes[candidate_id])
    await queries.give_boxes(connection, phase_id=candidate_id, box_ids=boxes[live_id])


async def archive_phase(connection: Connection, phase_id: UUID) -> None:
    """Hide a phase; what ran in it stays on record."""
    await queries.archive_phase(connection, phase_id=phase_id)
