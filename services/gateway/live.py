"""The live feeds: a snapshot, then numbered changes; who comes back names the last number seen."""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from prometheus_client import Gauge

from services.gateway.auth import WEBSOCKET_PROTOCOL, Anyone, Caller, Member
from services.gateway.feeds import GAP_S
from services.gateway.parts import Parts, WithParts
from services.gateway.problems import away
from services.gateway.submissions import choose_phase, find_competition, find_submission
from services.gateway.tables import queries, submission_body

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["live"])
SEND_TIMEOUT_S = 10.0
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
            seen, frozen = since, None
            while True:
                await feed.wait_beyond(seen)
                message = feed.since(seen)
                news = message["rows"] or message.get("removed") or message["frozen"] != frozen
                seen, frozen = message["change"], message["frozen"]
                if message["type"] == "snapshot" or news:
                    await send_message(websocket, message)

        await run_feed(websocket, "leaderboard", send_changes())


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
            message, ended = await _submission_since(parts, submission_id, caller, seen)
            moved = message["submission"]["queue_position"] != position
            if first or moved or message["change"] > seen:
                message["type"] = "snapshot" if first and seen == -1 else "changes"
                await send_message(websocket, message)
                first, seen, position = False, message["change"], message["submission"]["queue_position"]
            if ended:
                await websocket.close(NORMAL)
                return
            await asyncio.sleep(GAP_S)
            await parts.hub.wait_for_change(submission["phase_id"])

    await run_feed(websocket, "submission", send_changes())


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
    """Send one message to a client that has to take it in time."""
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await websocket.send_text(json.dumps(message))


async def run_feed(websocket: WebSocket, feed: str, sending: Any) -> None:
    """Send until the feed ends or the client goes; what the client sends is read and ignored, to see it go."""
    offered = websocket.headers.get("sec-websocket-protocol", "")
    await websocket.accept(subprotocol=WEBSOCKET_PROTOCOL if offered.startswith(WEBSOCKET_PROTOCOL) else None)

    async def until_gone() -> None:
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    with SOCKETS.labels(feed).track_inprogress():
        tasks = {asyncio.ensure_future(sending), asyncio.ensure_future(until_gone())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await _end(websocket, task)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _end(websocket: WebSocket, task: asyncio.Future[Any]) -> None:
    error = task.exception()
    if error is None or isinstance(error, WebSocketDisconnect):
        return
    if away(error) is not None:
        log.warning("live feed ended; the client may come again", error=repr(error))
        await websocket.close(TRY_AGAIN_LATER)
        return
    raise error
