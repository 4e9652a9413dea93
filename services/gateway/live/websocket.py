"""Sending a live feed to a WebSocket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import structlog
from fastapi import Query, WebSocket, WebSocketDisconnect
from prometheus_client import Gauge

from arena.api.live import LiveMessage
from services.gateway.accounts.callers import WEBSOCKET_PROTOCOL
from services.gateway.problems import unavailable

log = structlog.get_logger()

Since = Annotated[int, Query(ge=0, lt=2**63)]
NORMAL, TRY_AGAIN_LATER = 1000, 1013
"""The close codes of a feed that is over, and of one that a part of the platform fails."""
SOCKETS = Gauge("arena_sockets_open", "Open WebSockets", ["feed"])


async def send_message(websocket: WebSocket, message: LiveMessage) -> None:
    """Send one message, waiting if the client is slow. `serve_http` disconnects a client that reads nothing at all."""
    await websocket.send_text(message.model_dump_json())


async def run_feed(websocket: WebSocket, feed: str, send: Callable[[], Awaitable[None]]) -> None:
    """Run `send` until it returns or the client disconnects. The client's own messages are read only to notice that."""
    offered = websocket.headers.get("sec-websocket-protocol", "")
    await websocket.accept(subprotocol=WEBSOCKET_PROTOCOL if offered.startswith(WEBSOCKET_PROTOCOL) else None)
    with SOCKETS.labels(feed).track_inprogress():
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(_send_or_end(websocket, send))
            while (await websocket.receive())["type"] != "websocket.disconnect":
                pass
            sender.cancel()


async def _send_or_end(websocket: WebSocket, send: Callable[[], Awaitable[None]]) -> None:
    try:
        await send()
        await websocket.close(NORMAL)
    except WebSocketDisconnect:
        pass  # the task that reads notices it, too
    except Exception as error:
        if unavailable(error) is None:
            raise
        log.warning("live feed ended; the client may come again", error=repr(error))
        await websocket.close(TRY_AGAIN_LATER)
