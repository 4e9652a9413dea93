"""What the hostile requests are sent to: a gateway with two teams, a runner's token, and a zip that nobody may read."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from services.gateway.settings import GatewaySettings
from tests.support.gateway.access import status_of
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.gateway.submitting import make_zip, submit
from tests.support.waiting import limited

SECRET = b"another team's zip"
KEY = "a-key-of-the-victim"


@dataclass(frozen=True)
class Target:
    """The gateway as an attacker sees it: tokens by whose they are, and what there is to get."""

    gateway: Gateway
    settings: GatewaySettings
    tokens: Mapping[str, str]
    submission: str
    sha256: str
    own_sha256: str

    def client(self, whose: str | None, **headers: str) -> httpx.AsyncClient:
        """Return a client with somebody's token, or none."""
        client = self.gateway.client(self.tokens[whose] if whose else None)
        client.headers.update(headers)
        return client

    async def status_of_feed(self, path: str, whose: str) -> int:
        """Return with what a WebSocket is refused, or 101."""
        return await status_of(self.gateway, "WS", f"/api/v1{path}", self.tokens[whose])

    async def send_raw(self, request: str) -> bytes:
        """Return what is answered to these very bytes, as no client would send them."""
        host, port = self.gateway.url.removeprefix("http://").split(":")
        async with limited():
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(request.encode("latin-1"))
            answer = await reader.read()
            writer.close()
        return answer


@asynccontextmanager
async def running_target(settings: GatewaySettings) -> AsyncIterator[Target]:
    """A gateway with a team that attacks and a team that is attacked."""
    async with gateway_with_baseline(settings) as gateway:
        (await gateway.apply(competition())).raise_for_status()
        victim, attacker = await gateway.team("victim"), await gateway.team("attacker")
        admin = "/api/v1/admin"
        reader = await gateway.organizer.post(
            f"{admin}/competitions/c/teams/attacker/tokens", json={"name": "reader", "scopes": ["read"]}
        )
        runner = await gateway.organizer.post(f"{admin}/runner-tokens", json={"name": "runner"})
        stolen, own = make_zip(SECRET), make_zip(b"class Optimizer: ...")
        submission = (await submit(victim, stolen, key=KEY)).raise_for_status().json()["id"]
        (await submit(attacker, own)).raise_for_status()
        tokens = {name: _token(client) for name, client in {"attacker": attacker, "victim": victim}.items()}
        made = {"reader": reader, "runner": runner}
        tokens |= {name: answer.raise_for_status().json()["token"] for name, answer in made.items()}
        hashes = [hashlib.sha256(each).hexdigest() for each in (stolen, own)]
        yield Target(gateway, settings, tokens, submission, *hashes)


def _token(client: httpx.AsyncClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")
