"""Structured logs, and the health and metrics routes that every service has."""

import logging
import sys
from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[str | None]]
"""Returns why a part is not ready, or None when it is."""


def configure_logs(service: str, level: str) -> None:
    """Write one JSON object a line to stderr, for this project's logs and its libraries' alike."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.dict_tracebacks,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    renderer = structlog.processors.JSONRenderer()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    for noisy in ("uvicorn.access", "httpx", "aiormq", "aio_pika"):
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
    structlog.contextvars.bind_contextvars(service=service)


def add_health_routes(app: FastAPI, checks: Mapping[str, Check]) -> None:
    """Add `/healthz` (the process answers), `/readyz` (503 and reasons while a part is unavailable) and `/metrics`."""

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", tags=["operation"])
    async def readyz() -> JSONResponse:
        reasons = {name: await check() for name, check in checks.items()}
        unavailable = {name: reason for name, reason in reasons.items() if reason is not None}
        return JSONResponse(
            {"status": "unavailable" if unavailable else "ok", "reasons": unavailable},
            status_code=503 if unavailable else 200,
        )

    @app.get("/metrics", tags=["operation"], response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)
