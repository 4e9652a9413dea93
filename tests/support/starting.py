"""A service as a process, and what it says of the parts that it waits for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from arena.api.operations import Readiness
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.service_settings import PlatformSettings
from tests.support.stack import free_port, running_process
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Starting:
    """A service that has been started, and its log."""

    http: httpx.AsyncClient
    log: Path

    async def is_alive(self) -> bool:
        """Whether it answers at all."""
        try:
            return (await self.http.get("/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    async def reasons(self) -> dict[str, str]:
        """Why it is not ready, by part."""
        return Readiness.model_validate_json((await self.http.get("/readyz")).content).reasons

    async def wait_for_reason(self, part: str, text: str) -> None:
        """Wait until it says this of a part."""

        async def says() -> bool:
            return text in (await self.reasons()).get(part, "")

        await wait_until(says, what=f"/readyz says of the {part}: {text}")

    async def wait_until_ready(self) -> None:
        """Wait until it needs nothing more."""

        async def is_ready() -> bool:
            return not await self.reasons()

        await wait_until(is_ready, what="/readyz has no reason left")


@asynccontextmanager
async def starting(name: str, settings: PlatformSettings, folder: Path, **environment: str) -> AsyncIterator[Starting]:
    """Start a service; at the end it gets a SIGTERM and must exit with 0, whatever it waits for."""
    port, log = free_port(), folder / "log"
    with running_process(name, getattr(settings, name), port, log, environment):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=TRUSTS_NOBODY) as http:
            service = Starting(http, log)
            await wait_until(service.is_alive, what=f"{name} answers")
            yield service
