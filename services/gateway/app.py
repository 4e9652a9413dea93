"""The gateway's HTTP application, put together from the routes of all features."""

import time
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse
from prometheus_client import Gauge, Histogram
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.accounts import routes as accounts
from services.gateway.announcements import routes as announcements
from services.gateway.archive import routes as archive
from services.gateway.asyncapi import build_feeds
from services.gateway.baselines import routes as baselines
from services.gateway.blobs import routes as blobs
from services.gateway.boards import routes as boards
from services.gateway.competitions import admin as competitions_admin
from services.gateway.competitions import datasets
from services.gateway.competitions import routes as competitions
from services.gateway.dependencies import Dependencies
from services.gateway.everlasting import routes as everlasting
from services.gateway.executions import log_streaming, replays
from services.gateway.executions import routes as executions
from services.gateway.export import routes as export
from services.gateway.final import routes as final
from services.gateway.generalization import routes as generalization
from services.gateway.leaderboard import live as leaderboard_live
from services.gateway.leaderboard import routes as leaderboard
from services.gateway.machines import routes as machines
from services.gateway.notices import routes as notices
from services.gateway.openapi import API_VERSION, build_document
from services.gateway.operations import inspection
from services.gateway.operations import routes as operations
from services.gateway.operations.health import health_router
from services.gateway.organizer_runs import routes as organizer_runs
from services.gateway.own_teams import membership, merging
from services.gateway.people import admin as people_admin
from services.gateway.people import pages as people_pages
from services.gateway.people import provider_pages
from services.gateway.people import routes as people
from services.gateway.performance import routes as performance
from services.gateway.phase_controls import routes as phase_controls
from services.gateway.problems import add_problem_handlers
from services.gateway.request_guard import RequestGuard
from services.gateway.request_traces import RequestTraces
from services.gateway.rescoring import routes as rescoring
from services.gateway.retention import routes as retention
from services.gateway.submissions import black_boxes, provenance, selection
from services.gateway.submissions import live as submission_live
from services.gateway.submissions import live_list as submissions_live
from services.gateway.submissions import routes as submissions
from services.gateway.views import routes as views
from services.gateway.webhooks import routes as webhooks
from services.gateway.website.compression import Packed
from services.gateway.website.pages import add_website
from shared.database import database_check
from shared.telemetry import Check

STATIC = Path(str(files("services.gateway") / "static"))
SWAGGER_UI = Path(fastapi_offline.__file__).parent / "static"
ROUTES = (
    archive,
    *(submissions, black_boxes, provenance, selection, inspection, leaderboard, leaderboard_live, submission_live),
    *(competitions, competitions_admin, datasets, baselines, accounts, operations, machines, phase_controls),
    *(organizer_runs, export, executions, log_streaming, replays, rescoring, final, submissions_live, blobs),
    *(retention, boards, performance, everlasting, views, generalization),
    *(announcements, webhooks, notices),
    *(people, membership, merging, people_admin, people_pages, provider_pages),
)

RUNNERS_LIMIT = Gauge("arena_runners_limit", "The most runners that may be started; 0 where the operator states none")
LATENCY = Histogram(
    "arena_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30),
)


class Measured:
    """Measures how long each route takes to answer."""

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


def create_api(checks: Mapping[str, Check]) -> FastAPI:
    """Return the application with the API's routes and description, not yet connected to anything."""
    app = FastAPI(
        title="Arena",
        version=API_VERSION,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    for module in ROUTES:
        app.include_router(module.router)
    app.include_router(health_router(checks))
    document = cache(lambda: build_document(app, [module.router for module in ROUTES]))
    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to change its description
    return app


@cache
def describe_feeds() -> dict[str, Any]:
    """Return the description of the live feeds."""
    return build_feeds([module.router for module in ROUTES], API_VERSION)


def create_app(dependencies: Dependencies) -> FastAPI:
    """Return the complete application, connected to these dependencies."""
    app = create_api(
        {
            "database": database_check(dependencies.pool),
            "broker": dependencies.broker.check,
            "blob store": dependencies.blobs.check_room,
        }
    )
    app.state.dependencies = dependencies
    RUNNERS_LIMIT.set(dependencies.settings.runners_limit or 0)
    add_problem_handlers(app)
    _add_api_pages(app)
    add_website(app)

    app.add_middleware(Packed)
    app.add_middleware(Measured)
    app.add_middleware(RequestTraces)
    app.add_middleware(RequestGuard, pool=dependencies.pool, settings=dependencies.settings)
    return app


def _add_api_pages(app: FastAPI) -> None:
    """Add `/docs`, where the API can be read and tried, and the description of the live feeds.

    Its files are our own, so it works offline under a strict CSP.
    """
    app.mount("/docs/swagger-ui", StaticFiles(directory=SWAGGER_UI), name="swagger-ui")

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi() -> JSONResponse:
        return JSONResponse(describe_feeds())

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html")

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> FileResponse:
        return FileResponse(STATIC / "docs.js")
