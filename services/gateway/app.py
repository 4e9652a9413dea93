"""The gateway's HTTP application: its routes, in one place."""

import time
from pathlib import Path

import swagger_ui_bundle
from fastapi import FastAPI
from fastapi.responses import FileResponse
from prometheus_client import Histogram
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway import (
    accounts,
    admin,
    boxes,
    choice,
    competitions,
    course,
    datasets,
    executions,
    export,
    final,
    leaderboard,
    live,
    logs,
    planning,
    provenance,
    replays,
    rescoring,
    submissions,
    submissions_live,
    trials,
)
from services.gateway.gate import Gate
from services.gateway.parts import Parts
from services.gateway.problems import RESPONSES, add_problem_handlers
from services.gateway.website.packing import Packed
from services.gateway.website.pages import add_website
from shared.database import database_check
from shared.telemetry import add_health_routes

STATIC = Path(__file__).with_name("static")

LATENCY = Histogram(
    "arena_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30),
)


class Measured:
    """Takes the time of every answer by its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "unknown")
                LATENCY.labels(scope["method"], route, message["status"]).observe(time.perf_counter() - start)
            await send(message)

        await self._app(scope, receive, send_measured)


def create_app(parts: Parts) -> FastAPI:
    """Return the application that works on these parts."""
    app = FastAPI(
        title="Arena",
        version="1",
        description="Black-box-optimization competitions",
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
    )
    app.state.parts = parts
    add_problem_handlers(app)
    for module in (submissions, boxes, provenance, choice, leaderboard, live, competitions):
        app.include_router(module.router)
    for module in (accounts, admin, course, datasets, trials, planning, export):
        app.include_router(module.router)
    for module in (executions, logs, replays, rescoring, final, submissions_live):
        app.include_router(module.router)
    add_health_routes(
        app,
        {
            "database": database_check(parts.pool),
            "broker": parts.broker.check(),
            "blob store": parts.blobs.check,
        },
    )
    _add_api_pages(app)
    add_website(app)

    app.add_middleware(Packed)
    app.add_middleware(Measured)
    app.add_middleware(Gate, parts=parts)
    return app


def _add_api_pages(app: FastAPI) -> None:
    """Add `/docs`, the API's description to read and try; from files of our own, so offline and under a strict CSP."""
    app.mount("/docs/swagger-ui", StaticFiles(directory=swagger_ui_bundle.swagger_ui_path), name="swagger-ui")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html")

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> FileResponse:
        return FileResponse(STATIC / "docs.js")
