"""The live feed of a phase's submissions: a team gets its own, an organizer everybody's."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, WebSocket

from arena.api.live import NewQueueEstimate, QuotaName, QuotaUse, SubmissionsMessage
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Caller, Member
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.dependencies import WithChangeNotifier, WithPool, WithQueueEstimates
from services.gateway.leaderboard.tables import find_phase_change
from services.gateway.live.change_notifier import POLL_S
from services.gateway.live.websocket import Since, run_feed, send_message
from services.gateway.problems import Problem
from services.gateway.queue.estimates import QueueEstimates
from services.gateway.queue.queue_estimate import QueueEstimate
from services.gateway.submissions import tables
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.quotas import find_effective_quota, show_quota
from services.gateway.submissions.tables import ChangedSubmissionRow
from shared.database import Pool
from shared.events import wait_for_any

router = APIRouter(prefix="/api/v1", tags=["live"])
GAP_S = 0.5
"""The shortest time in seconds between two reads for one watcher: each change in the phase wakes all its watchers."""
NOTHING = -1
SHOWN_LIMIT = 500
"""A watcher for whom more submissions than this have changed gets a snapshot."""
NOTICEABLE = 0.1
"""The relative change of a remaining time from which it is sent again."""

Estimated = tuple[ChangedSubmissionRow, QueueEstimate]


@router.websocket("/competitions/{slug}/submissions/live")
async def watch_submissions(
    websocket: WebSocket,
    slug: str,
    pool: WithPool,
    changes: WithChangeNotifier,
    estimates: WithQueueEstimates,
    caller: Member,
    phase: str | None = None,
    since: Since | None = None,
) -> None:
    """Send the newest submissions of a phase, then those that change, and new queue estimates."""
    competition = await find_competition(pool, slug)
    if caller.role == "team" and caller.competition_id != competition.id:
        raise Problem(ProblemCode.OTHER_COMPETITION, f"This token's team does not take part in {slug}.")
    chosen = await choose_phase(pool, competition, phase, caller)
    watch = Watch(pool, estimates, caller, chosen.id, NOTHING if since is None else since)

    async def send_changes() -> None:
        while watch.is_there:
            announced = changes.announcement(chosen.id)
            if (message := await watch.news()) is not None:
                await send_message(websocket, message)
            await asyncio.sleep(GAP_S)
            await wait_for_any(announced, timeout_s=POLL_S)

    await run_feed(websocket, "submissions", send_changes)


class Watch:
    """What one watcher of a phase's submissions has been sent: everything up to the number `seen`."""

    def __init__(
        self, pool: Pool, estimates: QueueEstimates, caller: Caller, phase_id: UUID, seen: int = NOTHING
    ) -> None:
        self.is_there = True
        self.seen = seen
        self._pool = pool
        self._estimates = estimates
        self._caller = caller
        self._phase_id = phase_id
        self._first = True
        self._told: dict[UUID, QueueEstimate] = {}

    async def news(self) -> SubmissionsMessage | None:
        """Return the message that brings the watcher up to date; None if nothing is new, except at the first call."""
        # Read the number first: what changes after that has a higher number and comes again with the next message.
        phase = await find_phase_change(self._pool, self._phase_id)
        if phase is None:
            self.is_there = False
            return None
        first, change = self._first, phase.change
        if not first and change == self.seen and not self._told:
            return None
        rows = await self._rows_since(change)
        seen = self.seen
        found = [(row, await self._estimates.find(row.id, row.state)) for row in rows]
        changed = [show_submission(row, self._caller.role, its) for row, its in found if row.change > seen]
        moved = [
            NewQueueEstimate(id=row.id, queue_position=its.position, remaining_s=its.remaining_s)
            for row, its in found
            if row.change <= seen and is_news(self._told.get(row.id), its)
        ]
        self._remember(found)
        self._first, self.seen = False, change
        if not (first or changed or moved):
            return None
        counting, quota = await self._counting_and_quota() if first or changed else (None, None)
        return SubmissionsMessage(
            type="snapshot" if seen == NOTHING else "changes",
            change=change,
            submissions=changed,
            queue_estimates=moved,
            counting=counting,
            quota=quota,
        )

    async def _rows_since(self, change: int) -> list[ChangedSubmissionRow]:
        """Return what has changed or not ended; everything, with `seen` reset, where changes alone would mislead."""
        if self.seen > change:
            self.seen = NOTHING
        rows = await self._rows()
        if self.seen != NOTHING:
            replaced = any(row.rescored and row.change > self.seen for row in rows)
            if replaced or len(rows) == SHOWN_LIMIT:
                self.seen = NOTHING
                rows = await self._rows()
        return rows

    async def _rows(self) -> list[ChangedSubmissionRow]:
        return await tables.submissions_since(self._pool, self._phase_id, self._caller.team_id, self.seen, SHOWN_LIMIT)

    def _remember(self, found: Sequence[Estimated]) -> None:
        """Remember the estimates sent for submissions that have not ended.

        One that is not sent again stays as it was.
        """
        self._told = {
            row.id: estimate
            if row.change > self.seen or is_news(self._told.get(row.id), estimate)
            else self._told[row.id]
            for row, estimate in found
            if row.ended_at is None
        }

    async def _counting_and_quota(self) -> tuple[list[UUID], dict[QuotaName, QuotaUse] | None]:
        """Return which submissions count, and for a team how much of its quotas it has used."""
        phase_id, team_id = self._phase_id, self._caller.team_id
        counting = await tables.counting_submissions(self._pool, phase_id, team_id)
        if team_id is None:
            return counting, None
        async with self._pool.acquire() as connection:
            quota = await find_effective_quota(connection, phase_id, team_id)
            used = await tables.used_quota(connection, phase_id, team_id)
        return counting, show_quota(quota, used)


def is_news(told: QueueEstimate | None, now: QueueEstimate) -> bool:
    """Return whether an estimate differs noticeably from the one sent before."""
    if told is None or told.position != now.position:
        return True
    if told.remaining_s is None or now.remaining_s is None:
        return told.remaining_s != now.remaining_s
    return any(
        abs(new - old) > NOTICEABLE * max(new, old) for old, new in zip(told.remaining_s, now.remaining_s, strict=True)
    )
