"""How many CPUs the open work wants, for what starts runners."""

from collections import Counter
from collections.abc import Collection, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from arena.api.operations import Backlog
from services.dispatcher.rows import EnvironmentBacklog
from services.dispatcher.serving_tables import count_backlog, list_known_families
from shared.database import Pool, is_transient


def add_backlog_route(app: Starlette, pool: Pool) -> None:
    """Add `/backlog`. It needs no token: it tells numbers, inside the cluster."""

    async def backlog(_: Request) -> JSONResponse:
        """Answer with the CPUs that the open shards want, with those that run, because KEDA subtracts running jobs."""
        try:
            found, families = await count_backlog(pool), await list_known_families(pool)
            return JSONResponse(show_backlog(found, families).model_dump())
        except Exception as error:
            if is_transient(error):
                return JSONResponse({"detail": f"the database does not answer: {error!r}"}, status_code=503)
            raise

    app.router.routes.append(Route("/backlog", backlog))


def show_backlog(found: Sequence[EnvironmentBacklog], families: Collection[str]) -> Backlog:
    """Return the backlog; a family without work is told, because KEDA takes what is not there for an error."""
    environments: Counter[str] = Counter()
    by_family = Counter(dict.fromkeys(sorted(families), 0))
    for each in found:
        environments[each.environment] += each.cpus
        by_family[each.family] += each.cpus
    return Backlog(
        cpus=environments.total(),
        shards=sum(each.shards for each in found),
        environments=dict(environments),
        families=dict(by_family),
    )
