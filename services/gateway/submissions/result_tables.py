"""A submission's results in Postgres: its studies' losses, curves and logs, its provenance and history."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.words.cut_off import TimeLimit
from arena.words.environments import ParameterNames
from shared.database import Pool, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.submissions") / "results.sql")


@dataclass(frozen=True)
class StudyRow:
    """A study that has finished."""

    box: str
    study: int
    loss: float | None
    timed_out: bool
    cut_off_by: TimeLimit | None
    change: int


@dataclass(frozen=True)
class LogRow:
    """What an optimizer wrote in a study."""

    box: str
    study: int
    attempt: int
    at: datetime
    log: str


@dataclass(frozen=True)
class PhaseOfStudies:
    """How a phase defines its studies: which there are on each black box, and their limits."""

    first_study: int
    studies_per_box: int
    n_calls: int
    study_timeout_s: float
    iteration_timeout_s: float


@dataclass(frozen=True)
class BoxResultRow:
    """A submission's results on a black box: means over its finished studies, and their curve."""

    box: str
    test_case: str
    studies: int
    loss: float | None
    timed_out: int
    time_mean_s: float | None
    time_max_s: float | None
    curve: list[float] | None


@dataclass(frozen=True)
class OriginsRow:
    """Everything that a score depends on, except what ran its studies."""

    blob_sha256: str
    size_bytes: int
    revision: int | None
    origin_id: UUID | None
    code_version: str | None
    revised_at: datetime | None
    baseline: str | None
    baseline_version: int | None
    baseline_sha256: str | None
    competition_seed: str
    parameter_names: ParameterNames


@dataclass(frozen=True)
class ProvenanceRow:
    """What ran and scored a number of a submission's studies."""

    environment: str | None
    optimizer_image: str | None
    blackbox_image: str | None
    runtime: str | None
    runner_code_version: str | None
    aggregator_code_version: str | None
    studies: int


@dataclass(frozen=True)
class BoxRow:
    """A black box by its real name."""

    label: str
    model: str
    dataset: str
    metric: str
    dataset_sha256: str | None


@dataclass(frozen=True)
class StudyExecutionRow:
    """Which execution a finished study was part of."""

    box: str
    test_case: str
    study: int
    shard_id: UUID
    attempt: int


@dataclass(frozen=True)
class ShardRow:
    """A shard with its executions, each a dict."""

    shard_id: UUID
    box: str
    model: str
    dataset: str
    metric: str
    first_study: int
    n_studies: int
    studies_done: int
    state: str
    attempt: int
    failures: int
    runner_id: str | None
    executions: list[dict[str, Any]]


@dataclass(frozen=True)
class EventRow:
    """Something that happened to a submission."""

    at: datetime
    event: str
    detail: dict[str, Any]


async def studies_since(pool: Pool, submission_id: UUID, since: int) -> list[StudyRow]:
    """Return the studies of a submission whose change number is above `since`."""
    return await fetch_all(StudyRow, queries.list_studies(pool, submission_id=submission_id, since=since))


async def list_logs(pool: Pool, submission_id: UUID, after: tuple[str, int, int] | None, size: int) -> list[LogRow]:
    """Return up to `size` logs, those after `after` (black box, study, attempt) if given."""
    box, study, attempt = after or (None, None, None)
    rows = queries.list_logs(
        pool, submission_id=submission_id, after_box=box, after_study=study, after_attempt=attempt, size=size
    )
    return await fetch_all(LogRow, rows)


async def phase_of_studies(pool: Pool, phase_id: UUID) -> PhaseOfStudies:
    """Return how a phase defines its studies."""
    return PhaseOfStudies(**await queries.phase_of_page(pool, phase_id=phase_id))


async def labels_of_phase(pool: Pool, phase_id: UUID) -> list[str]:
    """Return the labels of a phase's black boxes."""
    return [row["label"] async for row in queries.boxes_of_page(pool, phase_id=phase_id)]


async def results_of_boxes(pool: Pool, submission_id: UUID) -> list[BoxResultRow]:
    """Return a submission's results on each black box of its phase."""
    return await fetch_all(BoxResultRow, queries.results_of_boxes(pool, submission_id=submission_id))


async def random_search_of(pool: Pool, phase_id: UUID) -> dict[str, Any] | None:
    """Return the part of a phase's baseline set with the results of random search; None if the set lacks it."""
    document: dict[str, Any] | None = await queries.random_search_of(pool, phase_id=phase_id)
    return document


async def origins_of_score(pool: Pool, submission_id: UUID) -> OriginsRow:
    """Return everything that a submission's score depends on, except what ran its studies."""
    row = await fetch_one(OriginsRow, queries.origins_of_score(pool, submission_id=submission_id))
    assert row is not None  # noqa: S101 - only called for a submission that exists
    return row


async def provenances_of(pool: Pool, submission_id: UUID) -> list[ProvenanceRow]:
    """Return what ran and scored the studies of a submission, with the most studies first."""
    return await fetch_all(ProvenanceRow, queries.provenances_of(pool, submission_id=submission_id))


async def boxes_of_submission(pool: Pool, submission_id: UUID) -> list[BoxRow]:
    """Return the black boxes on which studies of a submission have finished."""
    return await fetch_all(BoxRow, queries.boxes_of_submission(pool, submission_id=submission_id))


async def executions_of_studies(pool: Pool, submission_id: UUID) -> list[StudyExecutionRow]:
    """Return which execution each finished study of a submission was part of."""
    return await fetch_all(StudyExecutionRow, queries.executions_of_studies(pool, submission_id=submission_id))


async def list_shards(pool: Pool, submission_id: UUID) -> list[ShardRow]:
    """Return every shard of a submission with its executions."""
    return await fetch_all(ShardRow, queries.list_shards(pool, submission_id=submission_id))


async def list_events(pool: Pool, submission_id: UUID) -> list[EventRow]:
    """Return the history of a submission."""
    return await fetch_all(EventRow, queries.list_events(pool, submission_id=submission_id))
