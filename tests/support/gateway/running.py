"""The real gateway on loopback, with a connection to its database and one to its broker that a test may cut."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx
from pydantic import SecretStr

from services.gateway.__main__ import main
from services.gateway.settings import GatewaySettings
from tests.support.gateway.competitions import BASELINE
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.stack import free_port
from tests.support.waiting import LIMIT_S, wait_until
from tests.support.wire import Wire


class Gateway:
    """A running gateway: its URL, clients for it, and its connections."""

    def __init__(self, url: str, database: Wire, broker: Wire) -> None:
        self.url = url
        self.database = database
        self.broker = broker
        self.organizer = self.client("organizer-token-of-the-tests")
        self.anyone = self.client(None)

    def client(self, token: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=LIMIT_S, verify=TRUSTS_NOBODY)

    async def import_official_baseline(self) -> None:
        headers = {"Content-Type": "application/json"}
        answer = await self.organizer.post("/api/v1/admin/baselines", content=official_baseline(), headers=headers)
        answer.raise_for_status()

    def live(self, path: str) -> str:
        return f"ws{self.url.removeprefix('http')}/api/v1{path}"

    async def apply(self, body: dict[str, Any], slug: str = "c") -> httpx.Response:
        return await self.organizer.put(f"/api/v1/admin/competitions/{slug}", json=body)

    async def team(self, name: str, slug: str = "c") -> httpx.AsyncClient:
        answer = await self.organizer.post(f"/api/v1/admin/competitions/{slug}/teams", json={"name": name})
        return self.client(answer.raise_for_status().json()["token"])


@cache
def official_baseline() -> bytes:
    """The body of the request that imports it, which is large, and nearly every test sends it."""
    return json.dumps({"name": "official", "source": "file", "document": json.loads(BASELINE.read_text())}).encode()


def port_of(url: SecretStr) -> tuple[int, str]:
    text = url.get_secret_value()
    port = int(text.rsplit(":", 1)[1].split("/")[0])
    return port, text


@asynccontextmanager
async def running_gateway(settings: GatewaySettings, *, port: int | None = None) -> AsyncIterator[Gateway]:
    (database_port, database_url), (broker_port, broker_url) = (
        port_of(settings.database_url),
        port_of(settings.broker_url),
    )
    database, broker = Wire("127.0.0.1", database_port), Wire("127.0.0.1", broker_port)
    await database.mend()
    await broker.mend()
    port = port or free_port()
    settings = settings.model_copy(
        update={
            "database_url": SecretStr(database_url.replace(f":{database_port}/", f":{database.port}/")),
            "broker_url": SecretStr(broker_url.replace(f":{broker_port}/", f":{broker.port}/")),
            "http_port": port,
            "drain_timeout_s": 2,
        }
    )
    stop = asyncio.Event()
    gateway = Gateway(f"http://127.0.0.1:{port}", database, broker)

    async def is_ready() -> bool:
        try:
            return (await gateway.anyone.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(main(settings, stop))
        try:
            await wait_until(is_ready, what="the gateway is ready")
            yield gateway
        finally:
            stop.set()
    await database.cut()
    await broker.cut()


@asynccontextmanager
async def gateway_with_baseline(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway, with the official baseline imported as `official`."""
    async with running_gateway(settings) as gateway:
        await gateway.import_official_baseline()
        yield gateway
