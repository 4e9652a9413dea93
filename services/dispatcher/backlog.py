"""How many CPUs the open work wants, for what starts runners."""

from collections.abc import Sequence

from fastapi import FastAPI, HTTPException

from arena.api.operations import Backlog
from services.dispatcher.rows import EnvironmentBacklog
from services.dispatcher.serving_tables import count_backlog
from shared.database import Pool, is_transient


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
