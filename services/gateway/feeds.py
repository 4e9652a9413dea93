"""The changes of each phase's leaderboard, worked out once for all who watch it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from services.gateway.hub import Hub
from services.gateway.standings import Leaderboard, Row
from shared.database import Pool, is_transient

log = structlog.get_logger()
View = tuple[UUID, bool]
KEPT_CHANGES = 500
GAP_S = 0.2
"""The shortest time between two updates of a feed; what happens between them is one update."""


@dataclass(frozen=True)
class Update:
    """Rows that changed with the phase's numbers from after `since` up to `change`, and teams no longer there."""

    since: int
    change: int
    rows: dict[str, Row]
    removed: frozenset[str]


@dataclass
class PhaseFeed:
    """The current rows of a phase and its last updates; who has seen number n gets what came after n, merged."""

    change: int = -1
    frozen: bool = False
    rows: dict[str, Row] = field(default_factory=dict)
    _updates: deque[Update] = field(default_factory=lambda: deque(maxlen=KEPT_CHANGES))
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, change: int, rows: list[Row], *, frozen: bool = False) -> None:
        """Take the leaderboard as it is now; wakes who waits when it is news."""
        new = {row["team"]: row for row in rows}
        if change == self.change:
            return
        if self.change >= 0:
            changed = {team: row for team, row in new.items() if self.rows.get(team) != row}
            self._updates.append(Update(self.change, change, changed, frozenset(self.rows.keys() - new.keys())))
        self.change, self.rows, self.frozen = change, new, frozen
        self._news.set()
        self._news = asyncio.Event()

    def since(self, number: int | None) -> dict[str, Any]:
        """Return the message that brings someone who has seen `number` up to date: changes if kept, else a snapshot."""
        reach = self._updates[0].since if self._updates else self.change
        if number is None or not reach <= number <= self.change:
            return self._message("snapshot", self.rows)
        rows: dict[str, Row] = {}
        removed: set[str] = set()
        for update in self._updates:
            if update.change > number:
                rows = {team: row for team, row in rows.items() if team not in update.removed} | update.rows
                removed = (removed | update.removed) - update.rows.keys()
        return self._message("changes", rows) | {"removed": sorted(removed)}

    def _message(self, kind: str, rows: dict[str, Row]) -> dict[str, Any]:
        return {"type": kind, "change": self.change, "frozen": self.frozen, "rows": list(rows.values())}

    async def wait_beyond(self, number: int | None) -> None:
        """Return when there is something after `number`."""
        while self.change < 0 or number == self.change:
            await self._news.wait()


class Feeds:
    """One feed and one task per view that somebody watches: of a phase the public's, or the organizers' present."""

    def __init__(self, pool: Pool, hub: Hub) -> None:
        self._pool = pool
        self._hub = hub
        self._feeds: dict[View, tuple[PhaseFeed, asyncio.Task[None]]] = {}
        self._watchers: dict[View, int] = {}
        self._tasks = asyncio.TaskGroup()

    async def run(self, stop: asyncio.Event) -> None:
        """Own the feeds' tasks until `stop`."""
        async with self._tasks:
            await stop.wait()
            for _, task in self._feeds.values():
                task.cancel()

    @asynccontextmanager
    async def watch(self, phase_id: UUID, *, present: bool) -> AsyncIterator[PhaseFeed]:
        """Keep a phase's feed up to date while somebody watches it; while it is frozen, only `present` goes on."""
        view = phase_id, present
        if view not in self._feeds:
            feed = PhaseFeed()
            self._feeds[view] = (feed, self._tasks.create_task(self._update(view, feed)))
        feed, task = self._feeds[view]
        self._watchers[view] = self._watchers.get(view, 0) + 1
        try:
            yield feed
        finally:
            self._watchers[view] -= 1
            if not self._watchers[view]:
                del self._watchers[view], self._feeds[view]
                task.cancel()

    async def _update(self, view: View, feed: PhaseFeed) -> None:
        phase_id, present = view
        leaderboard = Leaderboard(self._pool, phase_id, present=present)
        while True:
            try:
                standings = await leaderboard.load()
                feed.take(standings.change, standings.rows, frozen=standings.frozen_at is not None)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("a live feed waits for the database", phase=str(phase_id), error=repr(error))
            await asyncio.sleep(GAP_S)
            await self._hub.wait_for_change(phase_id)
