"""The changes of each phase's leaderboard, computed once for everybody who watches it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeGuard
from uuid import UUID

import structlog

from arena.api.leaderboard import LeaderboardRow
from arena.api.live import LeaderboardChanges, LeaderboardSnapshot
from services.gateway.leaderboard.answers import Leaderboards
from services.gateway.leaderboard.reader import PhaseGone
from services.gateway.live.change_notifier import POLL_S, ChangeAnnouncement, ChangeNotifier
from shared.database import is_transient
from shared.events import wait_for_any
from shared.tracing.context import follow_trace

log = structlog.get_logger()
View = tuple[UUID, bool]
GAP_S = 0.2
"""The shortest time between two updates of a feed, in seconds; changes in between become one update."""
TEXTS_KEPT = 16
"""Nearly all watchers have seen the same number. This is for how many different numbers a text is cached."""


@dataclass
class PhaseFeed:
    """The rows of a phase, and for every team the change number at which its row was last added, changed or removed.

    So a watcher who has seen number n gets everything after n in one message, and nothing is kept for single watchers.
    This reaches back to the first number taken; from before that, a watcher gets a snapshot.
    """

    change: int = -1
    frozen: bool = False
    is_over: bool = False
    rows: dict[str, LeaderboardRow] = field(default_factory=dict)
    _first: int = -1
    _numbers: dict[str, int] = field(default_factory=dict)
    _frozen_number: int = -1
    _texts: dict[int | None, str | None] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _looked: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, change: int, rows: list[LeaderboardRow], *, frozen: bool = False) -> None:
        """Take the current leaderboard, and wake those who wait if it has changed."""
        if change != self.change:
            new = {row.team: row for row in rows}
            if not 0 <= self.change < change:
                self._first = change
            for team in new.keys() | self.rows.keys():
                before, now = self.rows.get(team), new.get(team)
                if now is not before and now != before:  # a row that is as it was is mostly the same object
                    self._numbers[team] = change
            if frozen != self.frozen:
                self._frozen_number = change
            self.change, self.rows, self.frozen = change, new, frozen
            self._texts.clear()
            self._news.set()
            self._news = asyncio.Event()
        self._looked.set()
        self._looked = asyncio.Event()

    def end(self) -> None:
        """Say that the phase is gone, so that nothing more comes; wakes whoever waits."""
        self.is_over = True
        self._news.set()
        self._looked.set()

    def since(self, number: int | None) -> LeaderboardSnapshot | LeaderboardChanges:
        """Return the message that brings someone who has seen `number` up to date: changes if kept, else a snapshot."""
        if not self._is_kept(number):
            return LeaderboardSnapshot(change=self.change, frozen=self.frozen, rows=list(self.rows.values()))
        new = {team for team, last in self._numbers.items() if last > number}
        rows = [row for team, row in self.rows.items() if team in new]
        removed = sorted(new - self.rows.keys())
        return LeaderboardChanges(change=self.change, frozen=self.frozen, rows=rows, removed=removed)

    def text_since(self, number: int | None) -> str | None:
        """Return the message of `since` as JSON, made once for all who have seen `number`.

        None if nothing has changed.
        """
        key = number if self._is_kept(number) else None
        if key not in self._texts:
            message = self.since(key)
            is_empty = isinstance(message, LeaderboardChanges) and not (message.rows or message.removed)
            is_told = is_empty and key is not None and key >= self._frozen_number
            text = None if is_told else message.model_dump_json()
            if len(self._texts) >= TEXTS_KEPT:
                return text
            self._texts[key] = text
        return self._texts[key]

    def _is_kept(self, number: int | None) -> TypeGuard[int]:
        return number is not None and self._first <= number <= self.change

    async def wait_beyond(self, number: int | None) -> None:
        """Return when there is something after `number`, or when the feed is over.

        A number beyond this feed's own comes from another gateway process, which has read the tables later: then wait
        until this one has read them again.
        """
        for _ in range(2):  # the read under way may have started too early
            if number is not None and number > self.change:
                await self._looked.wait()
        while not self.is_over and (self.change < 0 or number == self.change):
            await self._news.wait()


class Feeds:
    """One feed and one task for each view being watched: a phase's public view, or the organizers' (`present`)."""

    def __init__(self, leaderboards: Leaderboards, changes: ChangeNotifier) -> None:
        self._leaderboards = leaderboards
        self._changes = changes
        self._feeds: dict[View, tuple[PhaseFeed, asyncio.Task[None]]] = {}
        self._watchers: dict[View, int] = {}
        self._tasks = asyncio.TaskGroup()

    async def run(self, stop: asyncio.Event) -> None:
        """Run the feeds' tasks until `stop`."""
        async with self._tasks:
            await stop.wait()
            for _, task in self._feeds.values():
                task.cancel()

    @asynccontextmanager
    async def watch(self, phase_id: UUID, *, present: bool) -> AsyncIterator[PhaseFeed]:
        """Keep a phase's feed up to date while it is watched.

        While the phase is frozen, only the `present` view changes.
        """
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
        reader = self._leaderboards.reader(phase_id, present=present)
        announced = ChangeAnnouncement()
        while True:
            because, announced = announced, self._changes.announcement(phase_id)
            try:
                with follow_trace("update leaderboard", because.traceparent, phase=str(phase_id)):
                    leaderboard = await reader.load()
                    feed.take(leaderboard.change, leaderboard.rows, frozen=leaderboard.frozen_at is not None)
            except PhaseGone:
                feed.end()
                return
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("a live feed waits for the database", phase=str(phase_id), error=repr(error))
            await asyncio.sleep(GAP_S)
            await wait_for_any(announced, timeout_s=POLL_S)
