"""The frame of a service's process: event loop, signals, HTTP server."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from shared.connecting.backoff import StoppedBeforeStart
from shared.events import wait_for_any
from shared.settings import ProcessSettings
from shared.telemetry import configure_logs

log = structlog.get_logger()

UNSENT_LIMIT_BYTES = 64 * 1024
"""How much the kernel buffers for a connection beyond what is in flight. By default, a slow client gets megabytes of
the past."""
UNREAD_LIMIT_MS = 60_000
"""The kernel cuts off a connection whose peer takes nothing for this long although something waits for it."""

YOUNG_OBJECTS = 20_000
"""A batch of results is so many objects, none of them garbage. With Python's default of 700 they are looked through
thirty times while they are read."""
MIDDLE_COLLECTIONS_PER_FULL = 100
"""With Python's default of ten, 2,000 new WebSockets cause six full collections, the last of them 0.4 s long."""

SettingsT = TypeVar("SettingsT", bound=ProcessSettings)


def run_service(
    name: str, settings_type: type[SettingsT], main: Callable[[SettingsT, asyncio.Event], Awaitable[None]]
) -> None:
    """Run `main(settings, stop)`; SIGTERM or SIGINT sets `stop`, and `main` returns when it has cleaned up."""
    settings = settings_type()
    configure_logs(name, settings.log_level)
    _collect_garbage_seldom()
    with _traces(name, settings.traces_url):
        uvloop.run(_with_signals(lambda stop: main(settings, stop)))


def _traces(service: str, url: str) -> AbstractContextManager[None]:
    if not url:
        return nullcontext()
    from shared.tracing.spans import send_spans  # noqa: PLC0415 - OpenTelemetry's SDK takes 5 MB and half a second

    return send_spans(service, url)


def _collect_garbage_seldom() -> None:
    """Make full garbage collections rare, and leave imports out: one stops the process for 0.1 ms a WebSocket."""
    gc.freeze()
    _, middle, _ = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, middle, MIDDLE_COLLECTIONS_PER_FULL)


async def _with_signals(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await main(stop)
    except* StoppedBeforeStart:
        log.info("stopped while waiting for its parts")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stop: asyncio.Event) -> None:
        super().__init__(config)
        self._stop = stop

    async def main_loop(self) -> None:
        """Keep the time in answers' headers right until `stop`; uvicorn's own loop wakes up ten times a second."""
        while not self._stop.is_set():
            await self.on_tick(0)
            await wait_for_any(self._stop, timeout_s=1)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are handled by the process: see `_with_signals`


async def serve_http(
    app: ASGIApp, settings: ProcessSettings, stop: asyncio.Event, *, trusted_proxies: str = "127.0.0.1"
) -> None:
    """Serve `app` until `stop` is set; open requests and sockets get `drain_timeout_s` to finish."""
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=int(settings.drain_timeout_s),
        ws_per_message_deflate=False,  # it compresses for each socket anew, and takes more memory than all else of one
        ws_ping_timeout=None,  # a client that reads late is not gone, and the kernel notices one that is
    )
    server = _Server(config, stop)
    listening = config.bind_socket()
    # asyncio sets this on sockets of its own making alone. Without it an answer's body, which is sent after its head,
    # waits until the client has acknowledged the head, which a client puts off for 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_LIMIT_BYTES)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_LIMIT_MS)

    await server.serve([listening])
    if not stop.is_set():
        raise RuntimeError(f"the HTTP server ended by itself; is port {settings.http_port} free?")
