"""People who sign up and in: browsers with a session of their own, as the links in their e-mails give them."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from services.gateway.people.registration import version_of
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.stack import free_port

RULES = "Play **fair**."
LINK = re.compile(r"https?://\S+/confirm\?link=(\S+)")


def open_competition(**registration: Any) -> dict[str, Any]:
    """A competition for which everybody may sign up, unless `registration` says otherwise."""
    return competition(registration={"open": True, "approval": False, "rules": RULES, **registration})


def with_waiting_emails(settings: GatewaySettings) -> GatewaySettings:
    """Settings of a mail server that is down: e-mails wait in their table, where a test reads them.

    Webhooks may lead to loopback.
    """
    port = free_port()
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_tls": "none",
            "smtp_from": "Arena <arena@uni.example>",
            "anonymous_rate": "100000/minute",
            "webhook_allowed_networks": "127.0.0.0/8",
        }
    )


@dataclass
class Somebody:
    """A browser of somebody who is signed in."""

    email: str
    browser: httpx.AsyncClient

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call the API as a page of the site does."""
        return await self.browser.request(method, f"/api/v1{path}", json=body)

    async def me(self) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.call("GET", "/me")).raise_for_status().json()
        return answer


def new_browser(gateway: Gateway) -> httpx.AsyncClient:
    """A browser in which nobody is signed in, on a page of the site."""
    browser = gateway.client(None)
    browser.headers["Origin"] = gateway.url
    return browser


async def ask(gateway: Gateway, email: str, slug: str = "c", **changes: Any) -> httpx.Response:
    """Ask to be registered, as the page does."""
    body = {"competition": slug, "email": email, "name": email.partition("@")[0], "rules_version": version_of(RULES)}
    return await gateway.anyone.post("/api/v1/registrations", json={**body, **changes})


async def links_to(pool: Pool, email: str) -> list[str]:
    """The secrets of the links in the e-mails that wait for somebody, the oldest first."""
    rows = await pool.fetch("select body from emails where recipient = $1 order by created_at", email)
    return [found[1] for row in rows if (found := LINK.search(row["body"]))]


async def open_link(gateway: Gateway, email: str, secret: str) -> Somebody:
    """Open a link and click on what it asks."""
    somebody = Somebody(email, new_browser(gateway))
    answer = await somebody.browser.post("/confirm", data={"link": secret})
    assert answer.status_code == 303, answer.text
    return somebody


async def sign_up(gateway: Gateway, pool: Pool, email: str, slug: str = "c") -> Somebody:
    """Register for a competition, and open the link."""
    (await ask(gateway, email, slug)).raise_for_status()
    return await open_link(gateway, email, (await links_to(pool, email))[-1])


async def member(gateway: Gateway, pool: Pool, email: str, team: str, slug: str = "c") -> Somebody:
    """Sign up, and create a team."""
    somebody = await sign_up(gateway, pool, email, slug)
    (await somebody.call("POST", f"/me/competitions/{slug}/team", {"name": team})).raise_for_status()
    return somebody


async def join(inviter: Somebody, invited: Somebody, slug: str = "c") -> httpx.Response:
    """Join a team by an invitation that one of its members makes."""
    made = (await inviter.call("POST", f"/me/competitions/{slug}/invitations")).raise_for_status().json()
    return await invited.call("POST", "/me/invitations", {"link": made["url"].partition("link=")[2]})


async def give_role(gateway: Gateway, email: str, role: str) -> None:
    answer = await gateway.organizer.put("/api/v1/admin/people/role", json={"email": email, "role": role})
    answer.raise_for_status()
