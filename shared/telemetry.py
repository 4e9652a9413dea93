"""Structured logs, and the health and metrics routes that every service has."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from arena.api.operations import Health, Readiness

PART_READY = Gauge("arena_part_ready", "1 while a part that the service needs is available, else 0", ["part"])

CHECK_TIMEOUT_S = 3.0
"""Who asks waits for 5 to 10 seconds; a part that hangs must not make its service look as if it did."""

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
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    structlog.contextvars.bind_contextvars(service=service)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's says anything; it calls it an error when the application refuses a WebSocket."""
    return record.msg != "ASGI callable returned without completing handshake."


async def _look(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check()
    except TimeoutError:
        return f"no answer in {CHECK_TIMEOUT_S:g} s"


async def read_readiness(checks: Mapping[str, Check]) -> Readiness:
    """Return whether every part is available, and the reasons of those that are not."""
    now = dict(checks)  # a service that starts changes them
    found = dict(zip(now, await asyncio.gather(*map(_look, now.values())), strict=True))
    for name, reason in found.items():
        PART_READY.labels(name).set(reason is None)
    reasons = {name: reason for name, reason in found.items() if reason is not None}
    return Readiness(status="unavailable" if reasons else "ok", reasons=reasons)


async def read_metrics(checks: Mapping[str, Check]) -> PlainTextResponse:
    """Return metrics in Prometheus' text format."""
    await read_readiness(checks)
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def add_health_routes(app: Starlette, checks: Mapping[str, Check]) -> None:
    """Add `/healthz` (the process answers), `/readyz` (503 and reasons while a part is unavailable) and `/metrics`."""

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse(Health().model_dump())

    async def readyz(_: Request) -> JSONResponse:
        readiness = await read_readiness(checks)
        return JSONResponse(readiness.model_dump(), status_code=503 if readiness.reasons else 200)

    async def metrics(_: Request) -> PlainTextResponse:
        return await read_metrics(checks)

    app.router.routes += [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
