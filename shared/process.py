"""The frame of a service's process: event loop, signals, HTTP server."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
import uvloop
from fastapi import FastAPI

from shared.settings import Settings
from shared.telemetry import configure_logs

Main = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run_service(name: str, main: Main) -> None:
    """Run `main(settings, stop)`; SIGTERM or SIGINT sets `stop`, and `main` returns when it has cleaned up."""
    settings = Settings()
    configure_logs(name, settings.log_level)
    uvloop.run(_with_signals(settings, main))


async def _with_signals(settings: Settings, main: Main) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await main(settings, stop)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the process's business: see `_with_signals`


async def serve_http(app: FastAPI, settings: Settings, stop: asyncio.Event) -> None:
    """Serve `app` until `stop` is set; open requests and sockets get `drain_timeout_s` to finish."""
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=int(settings.drain_timeout_s),
        )
    )

    async def end_at_stop() -> None:
        await stop.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as tasks:
        ender = tasks.create_task(end_at_stop())
        await server.serve()
        if not stop.is_set():
            raise RuntimeError(f"the HTTP server ended by itself; is port {settings.http_port} free?")
        ender.cancel()
