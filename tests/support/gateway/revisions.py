"""What an organizer asks about a competition's revisions."""

from typing import Any

import httpx

from tests.support.gateway.running import Gateway

ADMIN = "/api/v1/admin/competitions/c"


async def plan(gateway: Gateway, body: dict[str, Any]) -> httpx.Response:
    return await gateway.organizer.post(f"{ADMIN}/diff", json=body)


async def revisions(gateway: Gateway) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await gateway.organizer.get(f"{ADMIN}/revisions")).json()["revisions"]
    return found
