"""Services of the last release and of this one, as processes side by side on one database, broker and blob store."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.service_settings import ORGANIZER_TOKEN, PlatformSettings
from tests.support.stack import free_port, start_process
from tests.support.waiting import LIMIT_S, wait_until

MODULES = {"runner": "benchmarks.stack.null_runner"}
"""What runs instead of `services.<name>`: a runner without containers."""


class Generation:
    """The services of one source tree."""

    def __init__(self, name: str, root: Path, settings: PlatformSettings, logs: Path) -> None:
        self.name = name
        self._root = root
        self._settings = settings.with_runner(f"{name}-runner")
        self._logs = logs
        self._running: dict[str, tuple[subprocess.Popen[bytes], int]] = {}

    @property
    def organizer(self) -> httpx.AsyncClient:
        """A client of this generation's gateway."""
        return self.client(ORGANIZER_TOKEN)

    def client(self, token: str) -> httpx.AsyncClient:
        """Return a client of this generation's gateway, for a token."""
        _, port = self._running["gateway"]
        url, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=LIMIT_S, verify=TRUSTS_NOBODY)

    async def start(self, *services: str) -> None:
        """Start services, and return when they are ready."""
        for service in services:
            module, port = MODULES.get(service, f"services.{service}"), free_port()
            settings: Any = getattr(self._settings, service)
            log = self._logs / f"{self.name}-{service}.log"
            self._running[service] = (start_process(module, settings, port, log, {}, self._root), port)
        async with httpx.AsyncClient(verify=TRUSTS_NOBODY) as client:

            async def all_ready() -> bool:
                try:
                    ports = [port for _, port in self._running.values()]
                    answers = [await client.get(f"http://127.0.0.1:{port}/readyz") for port in ports]
                except httpx.TransportError:
                    return False
                return all(answer.status_code == 200 for answer in answers)

            await wait_until(all_ready, what=f"{services} of {self.name} are ready")

    async def stop(self, *services: str) -> None:
        """Stop services as at a SIGTERM, and see that they end by themselves and in good order."""
        stopping = {each: self._running.pop(each)[0] for each in services}
        for process in stopping.values():
            process.terminate()
        codes = {each: await asyncio.to_thread(process.wait, LIMIT_S) for each, process in stopping.items()}
        assert codes == dict.fromkeys(services, 0)

    def kill(self) -> None:
        """Leave nothing running."""
        for process, _ in self._running.values():
            process.kill()
            process.wait()


@asynccontextmanager
async def generations(settings: PlatformSettings, logs: Path, **roots: Path) -> AsyncIterator[Sequence[Generation]]:
    """Yield a generation for each source tree, by its name; at the end nothing of them runs."""
    made = [Generation(name, root, settings, logs) for name, root in roots.items()]
    try:
        yield made
    finally:
        for each in made:
            each.kill()
