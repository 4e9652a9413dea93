"""How many CPUs the open work wants, for what starts runners and for metrics."""

from collections.abc import Sequence

from fastapi import FastAPI, HTTPException
from prometheus_client import Gauge

from arena.api.operations import Backlog
from services.dispatcher.rows import EnvironmentBacklog
from services.dispatcher.serving_tables import count_backlog
from shared.database import Pool, is_transient

CPUS_WANTED = Gauge("arena_cpus_wanted", "CPUs that all open shards want, those that run included", ["environment"])


def add_backlog_route(app: FastAPI, pool: Pool) -> None:
    """Add `/backlog`. It needs no token: it tells numbers, inside the cluster."""

    @app.get("/backlog", tags=["operation"], responses={503: {"description": "The database does not answer."}})
    async def backlog() -> Backlog:
        """Return how many CPUs the open shards want, those that run included, since KEDA subtracts running jobs."""
        try:
            return show_backlog(await count_backlog(pool))
        except Exception as error:
            if is_transient(error):
                raise HTTPException(503, f"the database does not answer: {error!r}") from error
            raise


def show_backlog(found: Sequence[EnvironmentBacklog]) -> Backlog:
    """Return the backlog of all environments."""
    return Backlog(
        cpus=sum(each.cpus for each in found),
        shards=sum(each.shards for each in found),
        environments={each.environment: each.cpus for each in found},
    )


def measure_backlog(found: Sequence[EnvironmentBacklog]) -> None:
    """Set the metric; an environment without work has none."""
    CPUS_WANTED.clear()
    for each in found:
        CPUS_WANTED.labels(each.environment).set(each.cpus)
