"""Runs the four services as processes, as their containers do, on a separate database and virtual host."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from shared.settings import ProcessSettings
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.service_settings import PlatformSettings
from tests.support.waiting import LIMIT_S, wait_until

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "dispatcher", "runner", "aggregator")


def free_port() -> int:
    """Return a loopback port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(settings: ProcessSettings) -> dict[str, str]:
    """Return a service's own settings as environment variables, without those of other services."""
    values = {name: value for name, value in settings if value is not None}
    return {
        f"ARENA_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
    }


@dataclass(frozen=True)
class Services:
    """The running services: the gateway's URL, and the processes."""

    url: str
    processes: Mapping[str, subprocess.Popen[bytes]]

    def pause(self, name: str) -> None:
        """Stop a service, with all its connections open, until it is resumed."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Resume a paused service."""
        self.processes[name].send_signal(signal.SIGCONT)


def start_process(
    module: str, settings: ProcessSettings, port: int, log: Path, more: Mapping[str, str], root: Path = ROOT
) -> subprocess.Popen[bytes]:
    """Start a module of a source tree as a service's container does; whoever starts it ends it."""
    environment = {
        **os.environ,
        **_environment(settings),
        "PYTHONPATH": str(root),
        "ARENA_HTTP_PORT": str(port),
        "ARENA_ANONYMOUS_RATE": "100000/minute",
        "ARENA_EMAIL_RATE": "100000/minute",
        "ARENA_GRACE_S": "5",
        "ARENA_SHARE_CPUS": "true",  # other stacks may run on this machine
        **more,
    }
    with log.open("wb") as output:
        command = [sys.executable, "-m", module]
        return subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output)


@contextmanager
def running_process(
    name: str,
    settings: ProcessSettings,
    port: int,
    log: Path,
    more: Mapping[str, str],
    *,
    exit_code: int = 0,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a service as its container does. At the end it gets a SIGTERM and must exit by itself, with this code."""
    process = start_process(f"services.{name}", settings, port, log, more)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        code = process.wait(timeout=LIMIT_S)
    assert code == exit_code, log.read_text()[-3000:]


@asynccontextmanager
async def running_services(
    settings: PlatformSettings, logs: Path, *, gateway_port: int | None = None, **environment: str
) -> AsyncIterator[Services]:
    """Run all four services, and yield once they are ready. Each logs to `logs / (its name + ".log")`.

    The runner fetches blobs from the gateway over HTTP, as one on another machine does.
    """
    ports = {name: free_port() for name in SERVICES}
    ports["gateway"] = gateway_port or ports["gateway"]
    settings = settings.with_blobs_over_http(f"http://127.0.0.1:{ports['gateway']}")
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(
                running_process(name, getattr(settings, name), port, logs / f"{name}.log", environment)
            )
            for name, port in ports.items()
        }
        async with httpx.AsyncClient(verify=TRUSTS_NOBODY) as client:

            async def all_ready() -> bool:
                try:
                    answers = [await client.get(f"http://127.0.0.1:{port}/readyz") for port in ports.values()]
                except httpx.TransportError:
                    return False
                return all(answer.status_code == 200 for answer in answers)

            await wait_until(all_ready, what="every service is ready")
            for port in ports.values():
                assert "arena_" in (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        yield Services(f"http://127.0.0.1:{ports['gateway']}", processes)
