"""The live feed of a phase's submissions: to a team of its own, to an organizer of everybody's."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, WebSocket

from services.gateway.accounts.callers import Caller, Member
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.dependencies import Parts, WithParts
from services.gateway.live.change_notifier import POLL_S
from services.gateway.live.websocket import Since, run_feed, send_message
from services.gateway.problems import Problem
from services.gateway.queue.queue_estimate import QueueEstimate
from services.gateway.submissions.quotas import QUOTAS, find_effective_quota
from services.gateway.tables import queries, submission_body
from shared.events import wait_for_any

router = APIRouter(prefix="/api/v1", tags=["live"])
GAP_S = 0.5
"""The shortest time between two looks for one watcher: every change of the phase wakes all its teams' watchers."""
NOTHING = -1
SHOWN_LIMIT = 500
"""As in the query: who is so far behind that more has changed gets a snapshot."""
NOTICEABLE = 0.1
"""By how much of itself a remaining time has to move before it is told again."""

Body = dict[str, Any]


@router.websocket("/competitions/{slug}/submissions/live")
async def watch_submissions(
    websocket: WebSocket,
    slug: str,
    parts: WithParts,
    caller: Member,
    phase: str | None = None,
    since: Since | None = None,
) -> None:
    """Send the newest submissions of a phase, then those that change, and new places in the queue and times left."""
    competition = await find_competition(parts, slug)
    if caller.role == "team" and caller.competition_id != competition["id"]:
        raise Problem(403, f"This token's team does not take part in {slug}.")
    chosen = await choose_phase(parts, competition, phase, caller)
    watch = Watch(parts, caller, chosen["id"], NOTHING if since is None else since)

    async def send_changes() -> None:
        while watch.is_there:
            announced = parts.hub.announcement(chosen["id"])
            if (message := await watch.news()) is not None:
                await send_message(websocket, message)
            await asyncio.sleep(GAP_S)
            await wait_for_any(announced, timeout_s=POLL_S)

    await run_feed(websocket, "submissions", send_changes)


class Watch:
    """What one watcher of a phase's submissions has been told: all up to the number `seen`."""

    def __init__(self, parts: Parts, caller: Caller, phase_id: UUID, seen: int = NOTHING) -> None:
        self.is_there = True
        self.seen = seen
        self._parts = parts
        self._caller = caller
        self._phase_id = phase_id
        self._first = True
        self._told: dict[UUID, QueueEstimate] = {}

    async def news(self) -> Body | None:
        """Return the message that brings the watcher up to date, at first in any case; None when there is no news."""
        # The number first: what changes after it was read carries a higher one and comes again with the next message.
        phase = await queries.phase_change(self._parts.pool, phase_id=self._phase_id)
        if phase is None:
            self.is_there = False
            return None
        first, change = self._first, phase["change"]
        if not first and change == self.seen and not self._told:
            return None
        rows = await self._rows_since(change)
        seen = self.seen
        found = [(row, await self._parts.queue_estimates.find(row)) for row in rows]
        changed = [submission_body(row, self._caller.role, its) for row, its in found if row["change"] > seen]
        moved = [
            {"id": str(row["id"]), "queue_position": its.position, "remaining_s": _listed(its)}
            for row, its in found
            if row["change"] <= seen and is_news(self._told.get(row["id"]), its)
        ]
        self._remember(found)
        self._first, self.seen = False, change
        if not (first or changed or moved):
            return None
        message: Body = {"type": "snapshot" if seen == NOTHING else "changes", "change": change}
        message |= {"submissions": changed, "queue_estimates": moved}
        return message | await self._standing() if first or changed else message

    async def _rows_since(self, change: int) -> list[asyncpg.Record]:
        """Return what has changed or not ended; all of it, with `seen` put back, where changes alone would mislead."""
        if self.seen > change:
            self.seen = NOTHING
        rows = await self._rows()
        if self.seen != NOTHING:
            replaced = any(row["rescored"] and row["change"] > self.seen for row in rows)
            if replaced or len(rows) == SHOWN_LIMIT:
                self.seen = NOTHING
                rows = await self._rows()
        return rows

    async def _rows(self) -> list[asyncpg.Record]:
        rows = queries.submissions_since(
            self._parts.pool, phase_id=self._phase_id, team_id=self._caller.team_id, since=self.seen
        )
        return [row async for row in rows]

    def _remember(self, queue_estimates: list[tuple[asyncpg.Record, QueueEstimate]]) -> None:
        """Keep what is told of those that have not ended; a time that is not told again stays what it was."""
        self._told = {
            row["id"]: found
            if row["change"] > self.seen or is_news(self._told.get(row["id"]), found)
            else self._told[row["id"]]
            for row, found in queue_estimates
            if row["ended_at"] is None
        }

    async def _standing(self) -> Body:
        """Return which submissions count, and to a team what it has used of its quotas."""
        pool, phase_id, team_id = self._parts.pool, self._phase_id, self._caller.team_id
        counting = [str(row["id"]) async for row in queries.counting_in(pool, phase_id=phase_id, team_id=team_id)]
        if team_id is None:
            return {"counting": counting}
        async with pool.acquire() as connection:
            terms = await find_effective_quota(connection, phase_id, team_id)
            used = await queries.use_of_quota(connection, team_id=team_id, phase_id=phase_id)
        return {"counting": counting, "quota": quota_body(terms, used)}


def quota_body(terms: Mapping[str, Any] | asyncpg.Record, used: Mapping[str, Any] | asyncpg.Record) -> Body:
    """Return of each quota that there is how much may be used and how much is."""
    uses = dict(zip(QUOTAS, (used["attempts"], used["scored"], used["active"]), strict=True))
    return {quota: {"limit": terms[quota], "used": uses[quota]} for quota in QUOTAS if terms[quota] is not None}


def is_news(told: QueueEstimate | None, now: QueueEstimate) -> bool:
    """Tell whether a forecast differs from what was told by as much as people would notice."""
    if told is None or told.position != now.position:
        return True
    if told.remaining_s is None or now.remaining_s is None:
        return told.remaining_s != now.remaining_s
    return any(
        abs(new - old) > NOTICEABLE * max(new, old) for old, new in zip(told.remaining_s, now.remaining_s, strict=True)
    )


def _listed(found: QueueEstimate) -> list[int] | None:
    return found.remaining_s and list(found.remaining_s)
