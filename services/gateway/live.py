"""The live feeds: a snapshot, then numbered changes; who comes back names the last number seen."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from prometheus_client import Gauge

from services.gateway.auth import WEBSOCKET_PROTOCOL, Anyone, Caller, Member
from services.gateway.feeds import GAP_S
from services.gateway.hub import POLL_S
from services.gateway.parts import Parts, WithParts
from services.gateway.problems import away
from services.gateway.submissions import choose_phase, find_competition, find_submission
from services.gateway.tables import queries, submission_body
from shared.waits import wait_for_any

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["live"])
Since = Annotated[int, Query(ge=0, lt=2**63)]
NORMAL, TRY_AGAIN_LATER = 1000, 1013

SOCKETS = Gauge("arena_sockets_open", "Open WebSockets", ["feed"])


@router.websocket("/competitions/{slug}/live")
async def watch_leaderboard(
    websocket: WebSocket,
    slug: str,
    parts: WithParts,
    caller: Anyone,
    phase: str | None = None,
    since: Since | None = None,
) -> None:
    """Send a phase's leaderboard and its changes as they come; while it is frozen, to organizers alone."""
    competition = await find_competition(parts, slug)
    chosen = await choose_phase(parts, competition, phase, caller)
    async with parts.feeds.watch(chosen["id"], present=caller.role == "organizer") as feed:

        async def send_changes() -> None:
            seen = since
            while True:
                await feed.wait_beyond(seen)
                text, seen = feed.text_since(seen), feed.change
                if text is not None:
                    await websocket.send_text(text)  # waits for a client that is slow, and so does nobody else

        await run_feed(websocket, "leaderboard", send_changes)


@router.websocket("/submissions/{submission_id}/live")
async def watch_submission(
    websocket: WebSocket, submission_id: UUID, parts: WithParts, caller: Member, since: Since | None = None
) -> None:
    """Send a submission and its studies as they finish, and its place in the queue; close when it has ended."""
    submission = await find_submission(parts, submission_id, caller)

    async def send_changes() -> None:
        seen = -1 if since is None or since > submission["change"] else since
        first, position = True, None
        while True:
            announced = parts.hub.announcement(submission["phase_id"])
            message, ended = await _submission_since(parts, submission_id, caller, seen)
            moved = message["submission"]["queue_position"] != position
            if first or moved or message["change"] > seen:
                message["type"] = "snapshot" if first and seen == -1 else "changes"
                await send_message(websocket, message)
                first, seen, position = False, message["change"], message["submission"]["queue_position"]
            if ended:
                return
            await asyncio.sleep(GAP_S)
            await wait_for_any(announced, timeout_s=POLL_S)

    await run_feed(websocket, "submission", send_changes)


async def _submission_since(
    parts: Parts, submission_id: UUID, caller: Caller, seen: int
) -> tuple[dict[str, Any], bool]:
    # The submission first: studies stored after it was read carry higher numbers and come again with the next message.
    row = await queries.find_submission(parts.pool, id=submission_id)
    studies = [
        {
            "box": each["box"],
            "study": each["study"],
            "loss": each["loss"],
            "timed_out": each["timed_out"],
            "change": each["change"],
        }
        async for each in queries.list_studies(parts.pool, submission_id=submission_id, since=seen)
    ]
    body = submission_body(row, caller.role, await parts.forecasts.find(row))
    message = {"change": row["change"], "submission": body, "studies": studies}
    return message, row["ended_at"] is not None


async def send_message(websocket: WebSocket, message: dict[str, Any]) -> None:
    """Send one message; waits for a client that is slow. One that takes nothing at all is cut off by `serve_http`."""
    await websocket.send_text(json.dumps(message))


async def run_feed(websocket: WebSocket, feed: str, send: Callable[[], Awaitable[None]]) -> None:
    """Send until `send` returns or the client goes; what the client sends is read and ignored, to see it go."""
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
        pass  # who reads sees it, too
    except Exception as error:
        if away(error) is None:
            raise
        log.warning("live feed ended; the client may come again", error=repr(error))
        await websocket.close(TRY_AGAIN_LATER)
