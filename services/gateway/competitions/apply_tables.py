"""What applying a document reads and writes in Postgres."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arena.api.competition_document import BlackBox, Competition, Phase
from services.gateway.competitions.diff import EndedPhase
from services.gateway.competitions.tables import BlackBoxRow, put_phase_boxes, queries
from shared.database import Connection, fetch_all, fetch_one


@dataclass(frozen=True)
class LockedCompetitionRow:
    """A competition that is locked for a change, with its last revision if it has one."""

    id: UUID
    name: str
    description: str
    seed: str
    registration: dict[str, Any]
    revision: int | None
    document: dict[str, Any] | None


@dataclass(frozen=True)
class CurrentBoxRow(BlackBoxRow):
    """A black box as it is stored, and whether any study was or will be run on it."""

    test_case: str
    dataset_sha256: str | None
    is_used: bool


async def lock_competition(connection: Connection, slug: str) -> LockedCompetitionRow | None:
    """Lock a competition until the transaction ends, and return it as it is."""
    return await fetch_one(LockedCompetitionRow, queries.lock_competition(connection, slug=slug))


async def lock_whole_competition(connection: Connection, slug: str) -> LockedCompetitionRow | None:
    """Lock a competition and its phases, or its slug if it does not exist, and return it as it is once all are locked.

    New submissions wait; those made before the lock are visible after it.
    """
    await queries.lock_slug(connection, slug=slug)
    row = await lock_competition(connection, slug)
    if row is None:
        return None
    await queries.lock_phases(connection, competition_id=row.id)
    return await lock_competition(connection, slug)  # again: a rescoring that was applied meanwhile is a revision


async def list_used_phases(connection: Connection, competition_id: UUID) -> frozenset[str]:
    """Return the names of the phases that scores depend on."""
    rows = queries.used_phases(connection, competition_id=competition_id)
    return frozenset([row["name"] async for row in rows])


async def list_ended_phases(connection: Connection, competition_id: UUID) -> list[EndedPhase]:
    """Return the phases that were reopened, or whose generalization losses were revealed."""
    return await fetch_all(EndedPhase, queries.ended_phases(connection, competition_id=competition_id))


async def list_current_boxes(connection: Connection, competition_id: UUID) -> list[CurrentBoxRow]:
    """Return the black boxes of a competition, and whether they are used."""
    return await fetch_all(CurrentBoxRow, queries.current_boxes(connection, competition_id=competition_id))


async def upsert_competition(connection: Connection, slug: str, wanted: Competition) -> UUID:
    """Create a competition, or change what is said of it and its seed; returns its id."""
    competition_id: UUID = await queries.upsert_competition(
        connection,
        slug=slug,
        name=wanted.name,
        description=wanted.description,
        seed=wanted.seed,
        registration=wanted.registration.model_dump(mode="json"),
    )
    return competition_id


async def clear_unused(connection: Connection, competition_id: UUID, phases: Iterable[str]) -> None:
    """Remove the phases that have no submission and are not named in `phases`, and the unused black boxes."""
    await queries.clear_unused(connection, competition_id=competition_id, names=list(phases))
    await queries.clear_unused_boxes(connection, competition_id=competition_id)


async def upsert_box(connection: Connection, competition_id: UUID, box: BlackBox, dataset_sha256: str | None) -> None:
    """Create a black box unless its label exists already."""
    model, dataset, metric = box.parts
    await queries.upsert_box(
        connection,
        competition_id=competition_id,
        label=box.label,
        family=box.family,
        model=model,
        dataset=dataset,
        metric=metric,
        best=box.best,
        dataset_sha256=dataset_sha256,
    )


async def upsert_phase(
    connection: Connection, competition_id: UUID, phase: Phase, *, position: int, baseline_id: UUID
) -> UUID:
    """Create or change a phase and set its black boxes; returns its id."""
    phase_id: UUID = await queries.upsert_phase(
        connection,
        competition_id=competition_id,
        position=position,
        baseline_id=baseline_id,
        limits=phase.limits.model_dump(),
        **phase.model_dump(exclude={"limits", "baseline", "boxes"}),
    )
    await put_phase_boxes(connection, phase_id, competition_id, phase.boxes)
    return phase_id


async def list_reported_families(connection: Connection) -> set[str]:
    """Return the problem families that runners have reported, Bayesmark's own too if there are any runners."""
    return {row["name"] async for row in queries.reported_families(connection)}


async def list_reported_environments(connection: Connection) -> set[tuple[str, str]]:
    """Return the environments that runners have reported: names, and digests of images."""
    return {(row["name"], row["digest"]) async for row in queries.reported_environments(connection)}
