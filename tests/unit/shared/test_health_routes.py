"""The health of a service and its metrics, whatever its parts do."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from shared import telemetry
from shared.telemetry import add_health_routes


async def hang() -> str | None:
    await asyncio.Event().wait()
    return None


async def hold() -> str | None:
    return None


async def test_a_part_that_hangs_is_named_and_holds_up_neither_readiness_nor_metrics(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telemetry, "CHECK_TIMEOUT_S", 0.01)
    app = FastAPI()
    add_health_routes(app, {"a store": hang, "a broker": hold})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        ready, metrics = await client.get("/readyz"), await client.get("/metrics")

    assert (ready.status_code, ready.json()["reasons"]) == (503, {"a store": "no answer in 0.01 s"})
    assert 'arena_part_ready{part="a store"} 0.0' in metrics.text
    assert 'arena_part_ready{part="a broker"} 1.0' in metrics.text
