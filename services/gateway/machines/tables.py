"""Runners, the work that waits for them, and the time that work has taken, in Postgres."""

from dataclasses import dataclass
from importlib.resources import files
from uuid import UUID

from shared.database import Pool, PoolOrConnection, fetch_all, load_queries

queries = load_queries(files("services.gateway.machines") / "queries.sql")


@dataclass(frozen=True)
class MachinesRow:
    """The CPUs that all open shards want, and the runners that were heard of."""

    cpus_wanted: int
    ready: int
    not_ready: int


@dataclass(frozen=True)
class SpentRow:
    """What a team's executions in one phase took, in seconds of a CPU."""

    kind: str
    phase: str
    internal: bool
    team: str
    executions: int
    cpu_s: float


async def count_machines(pool: Pool, lease_s: float) -> MachinesRow:
    """Return how much work there is, and how many runners that have been heard of within a lease."""
    return MachinesRow(**await queries.count_machines(pool, lease_s=lease_s))


async def list_spending(pool: PoolOrConnection, competition_id: UUID) -> list[SpentRow]:
    """Return what each team's executions in each phase of a competition took."""
    return await fetch_all(SpentRow, queries.list_spending(pool, competition_id=competition_id))
