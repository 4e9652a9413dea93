"""The real gateway on loopback, and the wires to its database and broker, which a test may cut."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.gateway.__main__ import main
from shared.settings import Settings
from tests.stack import free_port
from tests.waiting import wait_until

BASELINE = Path(__file__).parents[3] / "examples/baselines/baseline-16-8.json"
BOXES = [
    {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "acc"},
    {"label": "box-02", "model": "lasso", "dataset": "diabetes", "metric": "mse"},
]


def make_zip(content: bytes = b"class Optimizer: ...", name: str = "optimizer.py") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)  # of one date, so that the same content is the same zip
    return buffer.getvalue()


def phase(name: str = "feedback", **changes: Any) -> dict[str, Any]:
    return {"name": name, "baseline": "official", "boxes": ["box-01", "box-02"], "studies_per_box": 2, **changes}


def competition(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "C", "seed": "s", "black_boxes": BOXES, "phases": list(phases) or [phase()], **changes}


class Wire:
    """A way to a port of the test stack that can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, other_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump(reader, other_writer))
                tasks.create_task(self._pump(other_reader, writer))
        finally:
            self._writers -= {writer, other_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


class Gateway:
    """A running gateway: its URL, clients for it, and its wires."""

    def __init__(self, url: str, database: Wire, broker: Wire) -> None:
        self.url = url
        self.database = database
        self.broker = broker
        self.organizer = self.client("organizer-token-of-the-tests")
        self.anyone = self.client(None)

    def client(self, token: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30)

    async def import_official_baseline(self) -> None:
        body = {"name": "official", "source": "file", "document": json.loads(BASELINE.read_text())}
        (await self.organizer.post("/api/v1/admin/baselines", json=body)).raise_for_status()

    def live(self, path: str) -> str:
        return f"ws{self.url.removeprefix('http')}/api/v1{path}"

    async def apply(self, body: dict[str, Any], slug: str = "c") -> httpx.Response:
        return await self.organizer.put(f"/api/v1/admin/competitions/{slug}", json=body)

    async def team(self, name: str, slug: str = "c") -> httpx.AsyncClient:
        answer = await self.organizer.post(f"/api/v1/admin/competitions/{slug}/teams", json={"name": name})
        return self.client(answer.raise_for_status().json()["token"])


async def submit(
    client: httpx.AsyncClient, content: bytes | None = None, *, slug: str = "c", key: str | None = None, **form: str
) -> httpx.Response:
    return await client.post(
        f"/api/v1/competitions/{slug}/submissions",
        files={"file": ("optimizer.zip", make_zip() if content is None else content, "application/zip")},
        data=form,
        headers={"Idempotency-Key": key} if key else {},
    )


def port_of(url: SecretStr) -> tuple[int, str]:
    text = url.get_secret_value()
    port = int(text.rsplit(":", 1)[1].split("/")[0])
    return port, text


@asynccontextmanager
async def running_gateway(
    settings: Settings, *, port: int | None = None, limit_s: float = 90
) -> AsyncIterator[Gateway]:
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
            "zip_limit_bytes": 1_000_000,
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

    async with asyncio.timeout(limit_s), asyncio.TaskGroup() as tasks:
        tasks.create_task(main(settings, stop))
        try:
            await wait_until(is_ready, what="the gateway is ready")
            yield gateway
        finally:
            stop.set()
    await database.cut()
    await broker.cut()


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """The gateway, with the official baseline imported as `official`."""
    async with running_gateway(settings) as gateway:
        await gateway.import_official_baseline()
        yield gateway
