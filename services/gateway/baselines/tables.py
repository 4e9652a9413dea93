"""Baseline sets and the organizer runs that they are built from, in Postgres."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.baselines") / "queries.sql")


@dataclass(frozen=True)
class NewBoxes:
    """What scoring needs of a new baseline set, as parallel lists: an entry for each test case and objective.

    `signatures` has five numbers for each entry, one entry after the other.
    """

    test_cases: Sequence[str]
    objectives: Sequence[str]
    clips: Sequence[float]
    bests: Sequence[float]
    signatures: Sequence[float]
    iterations: int


@dataclass(frozen=True)
class BaselineSummaryRow:
    """A baseline set without its document."""

    name: str
    version: int
    source: str
    created_at: datetime


@dataclass(frozen=True)
class BaselineRow:
    """A version of a baseline set."""

    id: UUID
    name: str
    version: int

    @property
    def versioned_name(self) -> str:
        """The baseline set as a document names it."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True)
class CoverageRow:
    """How many iterations a baseline set has of a test case."""

    test_case: str
    iterations: int


@dataclass(frozen=True)
class BuildNodeRow:
    """The latest organizer run for one purpose and black box of a baseline build."""

    purpose: str
    box: str
    key: str
    submission_id: UUID
    state: str
    verdict: str | None
    studies_done: int
    studies_total: int
    asked_at: datetime


@dataclass(frozen=True)
class BuiltBaselineRow:
    """A baseline set that was built from organizer runs; `nodes` are the keys of those runs."""

    name: str
    version: int
    key: str | None
    nodes: list[str]

    @property
    def versioned_name(self) -> str:
        """The baseline set as a document names it."""
        return f"{self.name}@{self.version}"


async def insert_baseline(
    connection: Connection, name: str, source: str, document: dict[str, Any], boxes: NewBoxes
) -> int:
    """Insert the next version of a baseline set; returns the version."""
    row = await queries.insert_baseline(connection, name=name, source=source, document=document)
    await queries.insert_baseline_boxes(connection, baseline_id=row["id"], **vars(boxes))
    version: int = row["version"]
    return version


async def list_baselines(pool: Pool, after: tuple[str, int] | None, size: int) -> list[BaselineSummaryRow]:
    """Return up to `size` baseline sets, those after `after` (name, version) if given."""
    name, version = after or (None, None)
    return await fetch_all(
        BaselineSummaryRow, queries.list_baselines(pool, after=name, after_version=version, size=size)
    )


async def find_baseline(where: PoolOrConnection, name: str, version: int | None) -> BaselineRow | None:
    """Return a version of a baseline set, or its newest if `version` is None."""
    return await fetch_one(BaselineRow, queries.find_baseline(where, name=name, version=version))


async def find_document(pool: Pool, name: str, version: int | None) -> dict[str, Any] | None:
    """Return the document of a version of a baseline set, or of its newest if `version` is None."""
    document: dict[str, Any] | None = await queries.find_document(pool, name=name, version=version)
    return document


async def list_versions(connection: Connection) -> list[BaselineRow]:
    """Return every version of every baseline set."""
    return await fetch_all(BaselineRow, queries.list_baseline_versions(connection))


async def list_coverage(connection: Connection, baseline_id: UUID) -> dict[str, int]:
    """Return how many iterations a baseline set has of each test case."""
    rows = queries.baseline_test_cases(connection, baseline_id=baseline_id)
    return {row.test_case: row.iterations for row in await fetch_all(CoverageRow, rows)}


async def list_build_nodes(pool: Pool, competition_id: UUID, purposes: Sequence[str]) -> list[BuildNodeRow]:
    """Return the latest organizer run for each purpose and black box."""
    rows = queries.baseline_nodes(pool, competition_id=competition_id, purposes=list(purposes))
    return await fetch_all(BuildNodeRow, rows)


async def find_newest_built(pool: Pool, slug: str) -> BuiltBaselineRow | None:
    """Return the newest baseline set that was built from a competition's organizer runs."""
    return await fetch_one(BuiltBaselineRow, queries.newest_built_baseline(pool, slug=slug))
