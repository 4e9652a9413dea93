"""The routes that every service has, described as the API's own."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from arena.api.operations import Health, Readiness
from shared.telemetry import Check, read_metrics, read_readiness


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """Return the routes of `shared.telemetry.add_health_routes`, with their bodies."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    async def healthz() -> Health:
        """Tell that the process answers."""
        return Health()

    @router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready."}})
    async def readyz(response: Response) -> Readiness:
        """Tell whether every part that the service needs is available."""
        readiness = await read_readiness(checks)
        response.status_code = 503 if readiness.reasons else 200
        return readiness

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        """Return metrics in Prometheus' text format."""
        return await read_metrics(checks)

    return router
