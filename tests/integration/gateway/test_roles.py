"""Who may call what: every route with every role."""

from uuid import uuid4

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.gateway import admin, competitions, export, leaderboard, live, submissions
from tests.integration.gateway.conftest import Gateway, competition

ANYONE, MEMBER, TEAM, ORGANIZER = "anyone", "member", "team", "organizer"
ROUTES = {
    ("POST", "/api/v1/competitions/{slug}/submissions"): TEAM,
    ("GET", "/api/v1/submissions/{submission_id}"): MEMBER,
    ("GET", "/api/v1/competitions/{slug}/submissions"): MEMBER,
    ("POST", "/api/v1/submissions/{submission_id}/cancel"): MEMBER,
    ("GET", "/api/v1/competitions/{slug}/leaderboard"): ANYONE,
    ("WS", "/api/v1/competitions/{slug}/live"): ANYONE,
    ("WS", "/api/v1/submissions/{submission_id}/live"): MEMBER,
    ("GET", "/api/v1/competitions"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}"): ANYONE,
    ("GET", "/api/v1/packages"): ANYONE,
    ("PUT", "/api/v1/admin/competitions/{slug}"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/teams"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/teams/{team}/token"): ORGANIZER,
    ("POST", "/api/v1/admin/baselines"): ORGANIZER,
    ("GET", "/api/v1/admin/baselines"): ORGANIZER,
    ("GET", "/api/v1/admin/baselines/{name}"): ORGANIZER,
    ("GET", "/api/v1/admin/submissions/{submission_id}"): ORGANIZER,
    ("GET", "/api/v1/admin/incidents"): ORGANIZER,
    ("POST", "/api/v1/admin/incidents/{shard_id}/retry"): ORGANIZER,
    ("GET", "/api/v1/admin/dead-letters"): ORGANIZER,
    ("GET", "/api/v1/admin/runners"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/phases/{phase}/export"): ORGANIZER,
}
LET_IN = {
    ANYONE: {"nobody", "team", "organizer"},
    MEMBER: {"team", "organizer"},
    TEAM: {"team"},
    ORGANIZER: {"organizer"},
}
MODULES = (submissions, leaderboard, live, competitions, admin, export)


def test_every_route_is_in_the_table() -> None:
    found = set()
    for module in MODULES:
        for route in module.router.routes:
            if isinstance(route, APIRoute):
                found |= {(method, route.path) for method in route.methods or ()}
            elif isinstance(route, APIWebSocketRoute):
                found.add(("WS", route.path))
    assert found == set(ROUTES)


async def status_of(gateway: Gateway, method: str, path: str, token: str | None) -> int:
    """Return the status of a call without a body; what the role lets through then fails as 404 or 422, if it fails."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if method == "WS":
        try:
            async with connect(gateway.live(path.removeprefix("/api/v1")), additional_headers=headers):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
    return (await gateway.anyone.request(method, path, headers=headers)).status_code


@pytest.mark.timeout(60)
async def test_every_route_lets_in_whom_it_is_for_and_nobody_else(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team = (await gateway.team("a")).headers["Authorization"].removeprefix("Bearer ")
    tokens = {"nobody": None, "team": team, "organizer": "organizer-token-of-the-tests"}
    ids = {"slug": "c", "phase": "feedback", "name": "official", "team": "nobody"}
    ids |= {"submission_id": str(uuid4()), "shard_id": str(uuid4())}
    wrong = []
    for (method, template), role in ROUTES.items():
        for caller, token in tokens.items():
            status = await status_of(gateway, method, template.format(**ids), token)
            expected_in = caller in LET_IN[role]
            refused = status == (401 if caller == "nobody" else 403)
            if refused == expected_in or status >= 500:
                wrong.append((method, template, caller, status))
    assert wrong == []
