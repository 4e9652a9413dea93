"""Organizer runs in Postgres: each is a submission of the organizer's own team in a hidden phase of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.planning import NewOrganizerRun
from shared.database import Connection, Pool, fetch_all, load_queries

queries = load_queries(files("services.gateway.organizer_runs") / "queries.sql")
PHASE_FIELDS = {
    *("n_calls", "n_suggestions", "studies", "first_study", "studies_per_shard"),
    *("environment", "cpus", "parameter_names", "runtime"),
}


@dataclass(frozen=True)
class RunBoxRow:
    """A black box to run studies on."""

    label: str
    family: str
    model: str
    dataset: str
    metric: str
    dataset_sha256: str | None


@dataclass(frozen=True)
class OrganizerRunRow:
    """An organizer run with the state of its submission."""

    key: str
    purpose: str
    document: dict[str, Any]
    created_at: datetime
    phase: str
    submission_id: UUID
    state: str
    verdict: str | None
    studies_done: int
    studies_total: int


@dataclass(frozen=True)
class EvaluationCostRow:
    """Seconds that an evaluation of a black box took on average; CPU time is None if no study has measured it."""

    label: str
    model: str
    dataset: str
    metric: str
    studies: int
    evaluations: int
    evaluation_s: float
    evaluation_cpu_s: float | None


async def list_boxes(pool: Pool, competition_id: UUID, labels: Iterable[str]) -> list[RunBoxRow]:
    """Return those black boxes of a competition that have one of these labels."""
    rows = queries.organizer_run_boxes(pool, competition_id=competition_id, labels=sorted(set(labels)))
    return await fetch_all(RunBoxRow, rows)


async def lock_key(connection: Connection, key: str) -> None:
    """Lock a key until the transaction ends, so that requests for the same organizer run take turns."""
    await queries.lock_organizer_run(connection, key=key)


async def find_again(connection: Connection, key: str) -> UUID | None:
    """Return the submission of an organizer run that has not failed, and record the new request.

    None if there is none.
    """
    submission_id: UUID | None = await queries.find_organizer_run(connection, key=key)
    if submission_id is not None:
        await queries.ask_again(connection, key=key)
    return submission_id


async def find_internal_team(connection: Connection, competition_id: UUID) -> UUID:
    """Return the id of the organizer's own team, creating it if needed."""
    team_id: UUID = await queries.internal_team(connection, competition_id=competition_id)
    return team_id


async def insert_phase(connection: Connection, competition_id: UUID, name: str, run: NewOrganizerRun) -> UUID:
    """Insert the hidden phase of an organizer run; returns its id."""
    phase_id: UUID = await queries.insert_organizer_run_phase(
        connection,
        competition_id=competition_id,
        name=name,
        limits=run.limits.model_dump(),
        **run.model_dump(include=PHASE_FIELDS),
    )
    return phase_id


async def put_organizer_run(
    connection: Connection, key: str, competition_id: UUID, submission_id: UUID, run: NewOrganizerRun
) -> None:
    """Record which submission carries out an organizer run, replacing one that failed."""
    await queries.put_organizer_run(
        connection,
        key=key,
        competition_id=competition_id,
        submission_id=submission_id,
        purpose=run.purpose,
        document=run.model_dump(exclude={"again"}),
    )


async def list_organizer_runs(
    pool: Pool, competition_id: UUID, purpose: str | None, before: tuple[datetime, str] | None, size: int
) -> list[OrganizerRunRow]:
    """Return up to `size` organizer runs, last requested first, those before `before` (time, key) if given."""
    asked_at, key = before or (None, None)
    rows = queries.list_organizer_runs(
        pool, competition_id=competition_id, purpose=purpose, before=asked_at, before_key=key, size=size
    )
    return await fetch_all(OrganizerRunRow, rows)


async def list_costs(pool: Pool, competition_id: UUID) -> list[EvaluationCostRow]:
    """Return how long evaluations of each black box took in the organizer's own studies."""
    return await fetch_all(EvaluationCostRow, queries.list_costs(pool, competition_id=competition_id))
