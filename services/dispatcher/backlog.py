"""How many CPUs the open work wants, for what starts runners."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from arena.api.operations import Backlog
from services.dispatcher.rows import EnvironmentBacklog
from services.dispatcher.serving_tables import count_backlog
from shared.database import Pool, is_transient


def add_backlog_route(app: Starlette, pool: Pool) -> None:
    """Add `/backlog`. It needs no token: it tells numbers, inside the cluster."""

    async def backlog(_: Request) -> JSONResponse:
        """Answer with the CPUs that the open shards want, with those that run, because KEDA subtracts running jobs."""
        try:
            return JSONResponse(show_backlog(await count_backlog(pool)).model_dump())
        except Exception as error:
            if is_transient(error):
                return JSONResponse({"detail": f"the database does not answer: {error!r}"}, status_code=503)
            raise

    app.router.routes.append(Route("/backlog", backlog))


def show_backlog(found: Sequence[EnvironmentBacklog]) -> Backlog:
    """Return the backlog of all environments."""
    return Backlog(
        cpus=sum(each.cpus for each in found),
        shards=sum(each.shards for each in found),
        environments={each.environment: each.cpus for each in found},
    )
