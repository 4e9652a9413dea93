"""The gateway's HTTP application: its routes, in one place."""

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway import admin, competitions, export, leaderboard, live, submissions
from services.gateway.parts import Parts
from services.gateway.problems import Problem, add_problem_handlers
from shared.database import database_check
from shared.telemetry import add_health_routes

FORM_OVERHEAD_BYTES = 64 * 1024
JSON_LIMIT_BYTES = 64 * 1024**2

LATENCY = Histogram(
    "arena_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30),
)


class BodyLimit:
    """Stops a body that is larger than any the routes take, before it fills a disk."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is received; answer 422 when it is too much."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit_bytes:
                raise Problem(422, f"The upload is larger than {self._limit_bytes} bytes.")
            return message

        try:
            await self._app(scope, counted, send)
        except Problem as problem:
            await problem.response()(scope, receive, send)


def create_app(parts: Parts) -> FastAPI:
    """Return the application that works on these parts."""
    app = FastAPI(title="Arena", version="1", description="Black-box-optimization competitions")
    app.state.parts = parts
    add_problem_handlers(app)
    for module in (submissions, leaderboard, live, competitions, admin, export):
        app.include_router(module.router)
    add_health_routes(
        app,
        {
            "database": database_check(parts.pool),
            "broker": parts.broker.check(),
            "blob store": parts.blobs.check,
        },
    )
    limit_bytes = max(parts.settings.zip_limit_bytes + FORM_OVERHEAD_BYTES, JSON_LIMIT_BYTES)
    app.add_middleware(BodyLimit, limit_bytes=limit_bytes)

    @app.middleware("http")
    async def measure(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        start = time.perf_counter()
        response = await call(request)
        route = getattr(request.scope.get("route"), "path", "unknown")
        LATENCY.labels(request.method, route, response.status_code).observe(time.perf_counter() - start)
        return response

    return app
