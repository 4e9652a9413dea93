"""Competitions, their phases, black boxes, data sets and revisions in Postgres."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

from arena.api.competition_document import BlackBox
from arena.words.environments import SKLEARN, ParameterNames, environment_name
from arena.words.states import PhaseKind
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.competitions") / "queries.sql")
SUBMITTED_TO = (PhaseKind.COMPETITION,)


@dataclass(frozen=True)
class CompetitionRow:
    """A competition; its description is Markdown."""

    id: UUID
    slug: str
    name: str
    description: str


@dataclass(frozen=True)
class PhaseRow:
    """A row of the view `phase_details`; `boxes` are the labels of the phase's black boxes."""

    id: UUID
    competition_id: UUID
    competition: str
    name: str
    kind: str
    position: int
    visibility: Literal["public", "organizer"]
    practice: bool
    baseline: str | None
    baseline_version: int | None
    n_calls: int
    n_suggestions: int
    studies_per_box: int
    studies_per_shard: int
    first_study: int
    limits: dict[str, Any]
    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool
    attempts_per_day: int | None
    scored_per_day: int | None
    active_submissions: int | None
    counting: Literal["best", "chosen"]
    frozen_at: datetime | None
    priority: int
    environments: list[str]
    cpus: int
    parameter_names: ParameterNames
    runtime: str | None
    boxes: list[str]

    @property
    def n_boxes(self) -> int:
        """How many black boxes the phase has."""
        return len(self.boxes)

    @property
    def environment_names(self) -> list[str]:
        """The names of the environments, the default first, without the digests of those that are pinned."""
        return [environment_name(each) for each in self.environments]

    @property
    def versioned_baseline(self) -> str | None:
        """The baseline set as a document names it; None if there is none."""
        return None if self.baseline is None else f"{self.baseline}@{self.baseline_version}"


@dataclass(frozen=True)
class BlackBoxRow:
    """A black box by its real name; where it is of another family than Bayesmark's own, `model` is its problem."""

    label: str
    family: str
    model: str
    dataset: str
    metric: str
    best: float | None

    @property
    def document(self) -> BlackBox:
        """Return it as a document has it."""
        if self.family == SKLEARN:
            return BlackBox(label=self.label, model=self.model, dataset=self.dataset, metric=self.metric)
        return BlackBox(label=self.label, family=self.family, problem=self.model, best=self.best)


@dataclass(frozen=True)
class DatasetRow:
    """One of the organizer's own data sets."""

    name: str
    blob_sha256: str
    n_rows: int
    n_features: int
    created_at: datetime


@dataclass(frozen=True)
class RevisionRow:
    """A revision of a competition, with the document that was applied."""

    revision: int
    code_version: str
    created_at: datetime
    document: dict[str, Any]


async def find_competition(pool: Pool, slug: str) -> CompetitionRow | None:
    """Return a competition by its slug."""
    return await fetch_one(CompetitionRow, queries.find_competition(pool, slug=slug))


async def find_seed(pool: Pool, competition_id: UUID) -> str:
    """Return the seed from which the seeds of a competition's studies derive."""
    seed: str = await queries.competition_seed(pool, competition_id=competition_id)
    return seed


async def list_competitions(pool: Pool, after: str | None = None, size: int | None = None) -> list[CompetitionRow]:
    """Return competitions with a public phase, oldest first: up to `size` after the one with slug `after`, or all."""
    return await fetch_all(CompetitionRow, queries.list_competitions(pool, after=after, size=size))


async def list_phases(where: PoolOrConnection, competition_id: UUID) -> list[PhaseRow]:
    """Return the phases of a competition in their order."""
    return await fetch_all(PhaseRow, queries.list_phases(where, competition_id=competition_id))


async def list_public_phases(pool: Pool, competition_ids: Sequence[UUID]) -> dict[UUID, list[PhaseRow]]:
    """Return the public phases of competitions in their order, by competition."""
    rows = await fetch_all(PhaseRow, queries.list_public_phases(pool, competition_ids=competition_ids))
    return {each: [row for row in rows if row.competition_id == each] for each in competition_ids}


async def count_teams(pool: Pool, competition_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many teams take part in competitions, by competition; one without teams is left out."""
    rows = queries.count_teams(pool, competition_ids=competition_ids)
    return {row["competition_id"]: row["teams"] async for row in rows}


async def find_phase(
    where: PoolOrConnection, slug: str, name: str, kinds: Sequence[PhaseKind] = SUBMITTED_TO
) -> PhaseRow | None:
    """Return a phase by its name if it is of one of these kinds, by default those that teams submit to."""
    return await fetch_one(PhaseRow, queries.find_phase(where, slug=slug, name=name, kinds=list(kinds)))


async def is_phase_used(connection: Connection, phase_id: UUID) -> bool:
    """Return whether a phase has submissions."""
    used: bool = await queries.is_phase_used(connection, phase_id=phase_id)
    return used


async def put_phase_boxes(connection: Connection, phase_id: UUID, competition_id: UUID, labels: Iterable[str]) -> None:
    """Set the black boxes of a phase, by their labels."""
    await queries.put_phase_boxes(
        connection, phase_id=phase_id, competition_id=competition_id, labels=sorted(set(labels))
    )


async def list_black_boxes(pool: Pool, competition_id: UUID, after: str | None, size: int) -> list[BlackBoxRow]:
    """Return up to `size` black boxes of a competition by label, those after `after` if given."""
    rows = queries.list_black_boxes(pool, competition_id=competition_id, after=after, size=size)
    return await fetch_all(BlackBoxRow, rows)


async def put_dataset(pool: Pool, slug: str, name: str, blob_sha256: str, n_rows: int, n_features: int) -> None:
    """Record that a data set was checked and its file is stored."""
    await queries.put_dataset(pool, slug=slug, name=name, blob_sha256=blob_sha256, n_rows=n_rows, n_features=n_features)


async def list_datasets(
    where: PoolOrConnection, slug: str, after: tuple[str, str] | None = None, size: int | None = None
) -> list[DatasetRow]:
    """Return data sets of a competition: up to `size` after `after` (name, hash), or all."""
    name, blob_sha256 = after or (None, None)
    rows = queries.list_datasets(where, slug=slug, after=name, after_sha256=blob_sha256, size=size)
    return await fetch_all(DatasetRow, rows)


async def list_revisions(pool: Pool, competition_id: UUID, before: int | None, size: int) -> list[RevisionRow]:
    """Return up to `size` revisions of a competition, newest first, those before the number `before` if given."""
    rows = queries.list_revisions(pool, competition_id=competition_id, before=before, size=size)
    return await fetch_all(RevisionRow, rows)


async def find_last_document(connection: Connection, competition_id: UUID) -> dict[str, Any]:
    """Return the document of a competition's last revision, or an empty one if there is none."""
    document: dict[str, Any] | None = await queries.last_document(connection, competition_id=competition_id)
    return document or {}


async def insert_revision(
    connection: Connection, competition_id: UUID, document: dict[str, Any], code_version: str
) -> int:
    """Insert the next revision of a competition; returns its number."""
    revision: int = await queries.insert_revision(
        connection, competition_id=competition_id, document=document, code_version=code_version
    )
    return revision
