"""What the gateway answers while it waits for its database and its broker: how it does, and 503 to all else."""

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from arena.words.problems import ProblemCode
from services.gateway.problems import RETRY_AFTER_S, Problem, answer
from shared.connecting.readiness import ServiceReadiness
from shared.telemetry import add_health_routes


class Entrance:
    """Passes every request on to the application that serves now: first the one of the start."""

    def __init__(self, readiness: ServiceReadiness) -> None:
        self._app: ASGIApp = _create_starting_app(readiness)

    def open(self, app: ASGIApp) -> None:
        """Let this application serve from now on."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request or WebSocket."""
        await self._app(scope, receive, send)


def _create_starting_app(readiness: ServiceReadiness) -> FastAPI:
    app = FastAPI(title="Arena", openapi_url=None)
    add_health_routes(app, readiness.checks)
    app.router.default = _answer_unavailable  # every other address
    return app


async def _answer_unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    problem = Problem(
        ProblemCode.UNAVAILABLE, "The platform is starting; try again in a moment.", retry_after_s=RETRY_AFTER_S
    )
    await answer(HTTPConnection(scope), problem)(scope, receive, send)
