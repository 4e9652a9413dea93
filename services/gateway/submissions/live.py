"""The live feed of a submission: a snapshot, then numbered changes.

A client that reconnects names the last number it saw.
"""

import asyncio
from uuid import UUID

from fastapi import APIRouter, WebSocket

from arena.api.live import FinishedStudy, SubmissionMessage
from services.gateway.accounts.callers import Caller, Member
from services.gateway.dependencies import WithChangeNotifier, WithPool, WithQueueEstimates
from services.gateway.leaderboard.feeds import GAP_S
from services.gateway.live.change_notifier import POLL_S
from services.gateway.live.websocket import Since, run_feed, send_message
from services.gateway.queue.estimates import QueueEstimates
from services.gateway.scores import show_score
from services.gateway.submissions import result_tables
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.result_tables import StudyRow
from shared.database import Pool
from shared.events import wait_for_any

router = APIRouter(prefix="/api/v1", tags=["live"])
NOTHING = -1


@router.websocket("/submissions/{submission_id}/live")
async def watch_submission(
    websocket: WebSocket,
    submission_id: UUID,
    pool: WithPool,
    changes: WithChangeNotifier,
    estimates: WithQueueEstimates,
    caller: Member,
    since: Since | None = None,
) -> None:
    """Send a submission, its place in the queue and its studies as they finish; close when it has ended."""
    submission = await find_submission(pool, submission_id, caller)

    async def send_changes() -> None:
        seen = NOTHING if since is None or since > submission.change else since
        first, position = True, None
        while True:
            announced = changes.announcement(submission.phase_id)
            message = await _since(pool, estimates, submission_id, caller, seen, is_snapshot=first and seen == NOTHING)
            if first or message.submission.queue_position != position or message.change > seen:
                await send_message(websocket, message)
                first, seen, position = False, message.change, message.submission.queue_position
            if message.submission.ended_at is not None:
                return
            await asyncio.sleep(GAP_S)
            await wait_for_any(announced, timeout_s=POLL_S)

    await run_feed(websocket, "submission", send_changes)


async def _since(
    pool: Pool, estimates: QueueEstimates, submission_id: UUID, caller: Caller, seen: int, *, is_snapshot: bool
) -> SubmissionMessage:
    # Read the submission first: studies stored after that have higher numbers and come again with the next message.
    row = await find_submission(pool, submission_id, caller)
    studies = await result_tables.studies_since(pool, submission_id, seen)
    return SubmissionMessage(
        type="snapshot" if is_snapshot else "changes",
        change=row.change,
        submission=show_submission(row, caller.role, await estimates.find(row.id, row.state)),
        studies=[_show_study(each) for each in studies],
    )


def _show_study(row: StudyRow) -> FinishedStudy:
    return FinishedStudy(
        box=row.box,
        study=row.study,
        score=show_score(row.loss),
        timed_out=row.timed_out,
        cut_off_by=row.cut_off_by,
        change=row.change,
    )
