"""The live feeds: a snapshot, then numbered changes; who comes back names the last number seen."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket

from services.gateway.accounts.callers import Caller, Member
from services.gateway.dependencies import Parts, WithParts
from services.gateway.leaderboard.feeds import GAP_S
from services.gateway.live.change_notifier import POLL_S
from services.gateway.live.websocket import Since, run_feed, send_message
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries, submission_body
from shared.events import wait_for_any

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["live"])


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
    body = submission_body(row, caller.role, await parts.queue_estimates.find(row))
    message = {"change": row["change"], "submission": body, "studies": studies}
    return message, row["ended_at"] is not None
