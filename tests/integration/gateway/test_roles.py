"""Who may call what: every route with every role and scope. A route without a row here fails the first test."""

from collections.abc import Iterator

from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Mount, Route

from services.gateway.accounts.callers import SESSION_COOKIE
from services.gateway.app import create_app
from services.gateway.dependencies import make_dependencies
from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.gateway.access import (
    IDS,
    MOUNTS,
    ORGANIZER_TOKENS,
    PEOPLE,
    ROUTES,
    RUNNER,
    SESSION,
    TEAM_TOKENS,
    status_of,
)
from tests.support.gateway.people import give_role, open_competition, sign_up, with_waiting_emails
from tests.support.gateway.running import Gateway, gateway_with_baseline

ROLES = {"a judge": "judge", "an organizer in person": "organizer"}
LAST = [("DELETE", "/api/v1/me/competitions/{slug}/team"), ("DELETE", "/api/v1/me"), ("POST", "/sign-out")]
"""After each of these, somebody is no longer who they were."""


def routes_of(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Every (method, path) that an application answers."""
    for route in routes:
        if included := getattr(route, "original_router", None):
            yield from routes_of(included.routes)
        elif isinstance(route, APIWebSocketRoute):
            yield "WS", route.path
        elif isinstance(route, APIRoute | Route):
            yield from ((method, route.path) for method in (route.methods or set()) - {"HEAD"})
        else:
            assert isinstance(route, Mount), route
            yield "GET", MOUNTS[route.path]


async def test_every_route_is_in_the_table(pool: Pool, broker: Broker, gateway_settings: GatewaySettings) -> None:
    dependencies = make_dependencies(pool, broker, gateway_settings)
    assert set(routes_of(create_app(dependencies).routes)) == set(ROUTES)


async def make_tokens(gateway: Gateway, pool: Pool) -> dict[str, str | None]:
    """A token for every caller."""
    admin = "/api/v1/admin"
    (await gateway.organizer.post(f"{admin}/competitions/c/teams", json={"name": "a"})).raise_for_status()
    tokens: dict[str, str | None] = {"nobody": None, "a wrong token": "wrong"}
    for path, kinds in ((f"{admin}/competitions/c/teams/a/tokens", TEAM_TOKENS), (f"{admin}/tokens", ORGANIZER_TOKENS)):
        for caller, scopes in kinds.items():
            answer = await gateway.organizer.post(path, json={"name": caller, "scopes": scopes})
            tokens[caller] = answer.raise_for_status().json()["token"]
    answer = await gateway.organizer.post(f"{admin}/runner-tokens", json={"name": RUNNER})
    tokens[RUNNER] = answer.raise_for_status().json()["token"]
    for caller in PEOPLE:
        person = await sign_up(gateway, pool, f"{caller.replace(' ', '.')}@uni.example")
        tokens[caller] = SESSION + person.browser.cookies[SESSION_COOKIE]
        if caller == "a member":
            (await person.call("POST", "/me/competitions/c/team", {"name": "b"})).raise_for_status()
        if caller in ROLES:
            await give_role(gateway, person.email, ROLES[caller])
    return tokens


async def test_every_route_lets_in_whom_it_is_for_and_nobody_else(
    gateway_settings: GatewaySettings, pool: Pool
) -> None:
    async with gateway_with_baseline(with_waiting_emails(gateway_settings)) as gateway:
        await gateway.apply(open_competition())
        tokens = await make_tokens(gateway, pool)
        wrong = []
        for method, template in [*(each for each in ROUTES if each not in LAST), *LAST]:
            let_in = ROUTES[method, template]
            for caller, token in tokens.items():
                status = await status_of(gateway, method, template.format(**IDS), token)
                refused = status == (401 if caller in {"nobody", "a wrong token"} else 403)
                if refused == (caller in let_in) or status >= 500:
                    wrong.append((method, template, caller, status))
        assert wrong == []
