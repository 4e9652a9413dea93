"""Executions, their studies and their replays in Postgres."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.words.cut_off import TimeLimit
from arena.words.environments import ParameterNames
from shared.database import Pool, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.executions") / "queries.sql")


@dataclass(frozen=True)
class ExecutionFilters:
    """Which executions to list: those that match every field that is not None."""

    competition: str | None = None
    phase: str | None = None
    team: str | None = None
    submission_id: UUID | None = None
    box: str | None = None
    runner: str | None = None
    outcome: str | None = None
    verdict: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class FilterNameRow:
    """Something that executions can be filtered by: its kind, its name, and whether lists for people show it."""

    kind: str
    name: str
    is_shown: bool


@dataclass(frozen=True)
class ExecutionRow:
    """An attempt at a shard. Times, CPU and memory are summed over finished studies, or measured for the container."""

    shard_id: UUID
    attempt: int
    runner_id: str | None
    outcome: str
    verdict: str | None
    detail: str
    released_at: datetime | None
    taken_at: datetime | None
    ended_at: datetime | None
    competition: str
    phase: str
    phase_kind: str
    team: str
    submission_id: UUID
    filename: str
    environment: str
    optimizer_image: str | None
    box: str
    model: str
    dataset: str
    metric: str
    first_study: int
    n_studies: int
    n_calls: int
    n_suggestions: int
    limits: dict[str, Any]
    studies_done: int
    studies_timed_out: int
    cpu_s: float | None
    memory_peak_bytes: int | None
    construct_time_s: float | None
    suggest_time_s: float | None
    observe_time_s: float | None
    eval_time_s: float | None

    @property
    def name(self) -> str:
        """The execution's name in URLs, `SHARD_ID:ATTEMPT`."""
        return f"{self.shard_id}:{self.attempt}"


@dataclass(frozen=True)
class RecordedExecutionRow(ExecutionRow):
    """An execution with everything that its losses depend on."""

    provenance: dict[str, Any] | None
    competition_id: UUID
    competition_seed: str
    cpus: int
    parameter_names: ParameterNames
    runtime: str | None
    baseline: str | None
    baseline_version: int | None
    blob_sha256: str
    size_bytes: int
    revision: int | None
    origin_id: UUID | None
    verdict_stage: str | None
    verdict_iteration: int | None
    dataset_sha256: str | None
    test_case: str


@dataclass(frozen=True)
class LogSource:
    """Whose log is read: all of a submission, or one attempt at one of its shards."""

    submission_id: UUID
    shard_id: UUID | None = None
    attempt: int | None = None


@dataclass(frozen=True)
class WritingAttempt:
    """An attempt whose optimizer may be writing now."""

    shard_id: UUID
    attempt: int
    box: str


@dataclass(frozen=True)
class StoredLogRow:
    """A study of which a log is stored."""

    shard_id: UUID
    attempt: int
    study: int
    box: str


@dataclass(frozen=True)
class StudyResultRow:
    """The result of a finished study."""

    study: int
    loss: float | None
    timed_out: bool
    cut_off_by: TimeLimit | None
    suggest_errors: int
    observe_errors: int
    construct_time_s: float
    suggest_time_s: list[float]
    observe_time_s: list[float]
    eval_time_s: list[list[float]]
    cpu_s: float | None
    memory_peak_bytes: int | None
    finished_at: datetime


@dataclass(frozen=True)
class StudyOutcomeRow:
    """What must be the same when a study is replayed; losses have the shape (iterations, suggestions)."""

    study: int
    timed_out: bool
    visible: list[list[float]]
    generalization: list[list[float]]
    suggestions: list[list[dict[str, Any]]] | None
    """None where they were dropped."""


@dataclass(frozen=True)
class ReplayRow:
    """A replay: the execution it repeats, the state of its submission, and its own execution once that has a result."""

    execution: str
    state: str
    verdict: str | None
    verdict_stage: str | None
    verdict_iteration: int | None
    ended_at: datetime | None
    shard_id: UUID | None
    attempt: int | None
    provenance: dict[str, Any] | None


async def list_executions(
    pool: Pool, filters: ExecutionFilters, before: tuple[datetime, UUID, int] | None, size: int
) -> list[ExecutionRow]:
    """Return up to `size` executions, last released first, those before `before` (time, shard, attempt) if given."""
    released_at, shard_id, attempt = before or (None, None, None)
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await queries.plan_for_these_parameters(connection)
        rows = queries.list_executions(
            connection,
            **vars(filters),
            before=released_at,
            before_shard=shard_id,
            before_attempt=attempt,
            size=size,
        )
        return await fetch_all(ExecutionRow, rows)


async def list_filter_names(pool: Pool, filters: ExecutionFilters) -> list[FilterNameRow]:
    """Return the names that filters may have, within their competition if they name one."""
    rows = queries.list_filter_names(
        pool, competition=filters.competition, submission_id=filters.submission_id, runner=filters.runner
    )
    return await fetch_all(FilterNameRow, rows)


async def find_execution(pool: Pool, shard_id: UUID, attempt: int) -> RecordedExecutionRow | None:
    """Return an execution, whether it has ended or not."""
    return await fetch_one(RecordedExecutionRow, queries.find_execution(pool, shard_id=shard_id, attempt=attempt))


async def list_results(pool: Pool, shard_id: UUID, attempt: int) -> dict[int, StudyResultRow]:
    """Return the results of an execution's finished studies, by study number."""
    rows = queries.studies_of_execution(pool, shard_id=shard_id, attempt=attempt)
    return {row.study: row for row in await fetch_all(StudyResultRow, rows)}


async def list_logs(pool: Pool, shard_id: UUID, attempt: int) -> dict[int, str]:
    """Return what the optimizer wrote in each ended study of an execution, by study number."""
    rows = queries.logs_of_execution(pool, shard_id=shard_id, attempt=attempt)
    return {row["study"]: row["log"] async for row in rows}


async def find_end(pool: Pool, source: LogSource) -> str | None:
    """Return how a submission or an attempt ended, or that it was superseded; None while it may still write."""
    end: str | None
    if source.shard_id is None:
        end = await queries.end_of_submission(pool, submission_id=source.submission_id)
    else:
        end = await queries.outcome_of_attempt(pool, shard_id=source.shard_id, attempt=source.attempt)
    return end


async def list_writing(pool: Pool, source: LogSource, size: int) -> list[WritingAttempt]:
    """Return up to `size` attempts whose optimizers may be writing now."""
    return await fetch_all(WritingAttempt, queries.writing_attempts(pool, **vars(source), size=size))


async def list_stored_logs(pool: Pool, source: LogSource) -> list[StoredLogRow]:
    """Return the studies of which a log is stored, in the order in which they ended."""
    return await fetch_all(StoredLogRow, queries.stored_logs(pool, **vars(source)))


async def read_log(pool: Pool, shard_id: UUID, attempt: int, study: int) -> str:
    """Return the stored log of a study."""
    log: str = await queries.log_of_study(pool, shard_id=shard_id, attempt=attempt, study=study)
    return log


async def find_open_replay(pool: Pool, execution: str) -> UUID | None:
    """Return the replay of an execution that is still under way."""
    submission_id: UUID | None = await queries.open_replay(pool, execution=execution)
    return submission_id


async def find_replay(pool: Pool, submission_id: UUID) -> ReplayRow | None:
    """Return the replay that this submission carries out; None if it is not a replay."""
    return await fetch_one(ReplayRow, queries.find_replay_run(pool, submission_id=submission_id))


async def list_outcomes(pool: Pool, shard_id: UUID | None, attempt: int | None) -> list[StudyOutcomeRow]:
    """Return the outcomes of an attempt's studies, or of all studies of the shard if `attempt` is None."""
    rows = queries.outcomes_of_studies(pool, shard_id=shard_id, attempt=attempt)
    return await fetch_all(StudyOutcomeRow, rows)
