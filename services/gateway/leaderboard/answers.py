"""The answers to who asks for a leaderboard: one for everybody, written once for each change."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.responses import Response

from arena.api.leaderboard import BoardRow, Leaderboard
from services.gateway.accounts.callers import Caller
from services.gateway.boards.baseline_rows import BaselineRows
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.competitions.tables import PhaseRow
from services.gateway.leaderboard.kept import make_room
from services.gateway.leaderboard.reader import Clock, LeaderboardReader, PhaseGone, RankedLeaderboard
from services.gateway.live.change_notifier import POLL_S, ChangeNotifier
from shared.database import Pool

TEAMS_SHOWN = 100
"""The first of the leaderboard, on pages with charts: a page of more is slow, and nobody reads so many lines."""


@dataclass(frozen=True)
class LeaderboardAnswer:
    """A leaderboard as JSON, and a tag that is the same as long as that is."""

    body: bytes
    tag: str


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is still the one with the tag of If-None-Match."}
}


@dataclass(frozen=True)
class Asked:
    """What decides which leaderboard somebody gets."""

    slug: str
    phase: str | None
    present: bool


@dataclass
class Found:
    """The phase that was meant, when that was looked up, and the last answer about it."""

    reader: LeaderboardReader
    phase: PhaseRow
    at: float
    own_changes: int
    ranked: RankedLeaderboard | None = None
    baseline_rows: Sequence[BoardRow] = ()
    answer: LeaderboardAnswer | None = None


class Leaderboards:
    """The leaderboards that somebody looks at. Who asks when nothing has changed costs no query."""

    def __init__(self, pool: Pool, changes: ChangeNotifier, clock: Clock = time.monotonic) -> None:
        self._pool = pool
        self._changes = changes
        self._clock = clock
        self._baselines = BaselineRows(pool, clock)
        self._readers: dict[tuple[UUID, bool], LeaderboardReader] = {}
        self._found: dict[Asked, Found] = {}

    def reader(self, phase_id: UUID, *, present: bool) -> LeaderboardReader:
        """Return the reader of a phase's leaderboard, which all who ask share."""
        view = phase_id, present
        if view not in self._readers:
            make_room(self._readers)
            self._readers[view] = LeaderboardReader(
                self._pool, self._changes, phase_id, present=present, clock=self._clock
            )
        return self._readers[view]

    def expect(self, phase_id: UUID, change: int) -> None:
        """Let nobody who has been told of a change of a submission get a leaderboard from before it."""
        for present in (False, True):
            if (reader := self._readers.get((phase_id, present))) is not None:
                reader.expect(change)

    async def answer(self, slug: str, phase: str | None, caller: Caller) -> LeaderboardAnswer:
        """Return a leaderboard as a caller may see it. Raises Problem 404 or 422 if it is not clear which one."""
        found, ranked = await self._load(slug, phase, caller)
        baselines = await self._baselines.load(found.phase)
        if found.answer is None or ranked is not found.ranked or baselines is not found.baseline_rows:
            found.ranked, found.baseline_rows = ranked, baselines
            found.answer = _write(slug, found.phase.name, ranked, baselines)
        return found.answer

    async def load_baseline_rows(self, phase: PhaseRow) -> Sequence[BoardRow]:
        """Return the baseline rows of a phase's leaderboard, the best first."""
        return await self._baselines.load(phase)

    async def load(self, slug: str, phase: str | None, caller: Caller) -> tuple[str, RankedLeaderboard]:
        """Return a phase's name and its leaderboard as a caller may see it. Raises Problem as `answer` does."""
        found, ranked = await self._load(slug, phase, caller)
        return found.phase.name, ranked

    async def _load(self, slug: str, phase: str | None, caller: Caller) -> tuple[Found, RankedLeaderboard]:
        asked = Asked(slug, phase, caller.role == "organizer")
        found = self._found.get(asked)
        if found is None or found.own_changes != self._changes.own_changes or self._clock() >= found.at + POLL_S:
            found = await self._find(asked, caller)
        try:
            ranked = await found.reader.load()
        except PhaseGone:
            found = await self._find(asked, caller)  # there may be another of this name, or none
            ranked = await found.reader.load()
        return found, ranked

    async def _find(self, asked: Asked, caller: Caller) -> Found:
        """Look up the phase: it may have been opened, closed, hidden or replaced meanwhile."""
        own_changes, at = self._changes.own_changes, self._clock()
        before = self._found.pop(asked, None)
        chosen = await choose_phase(self._pool, await find_competition(self._pool, asked.slug), asked.phase, caller)
        found = Found(self.reader(chosen.id, present=asked.present), chosen, at, own_changes)
        if before is not None and (before.reader, before.phase.name) == (found.reader, found.phase.name):
            found.ranked, found.baseline_rows, found.answer = before.ranked, before.baseline_rows, before.answer
        make_room(self._found)
        self._found[asked] = found
        return found


def answer_tagged(
    body: bytes, tag: str, if_none_match: str | None, media_type: str = "application/json", keep: str = "no-cache"
) -> Response:
    """Return a body with its tag, or 304 without a body to who has it already. `keep` is its Cache-Control."""
    headers = {"ETag": tag, "Cache-Control": keep}
    known = [each.strip() for each in (if_none_match or "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def tag_of(body: bytes) -> str:
    """Return the tag of an answer's body."""
    return f'W/"{hashlib.sha256(body).hexdigest()}"'


def _write(slug: str, phase: str, ranked: RankedLeaderboard, baselines: Sequence[BoardRow]) -> LeaderboardAnswer:
    leaderboard = Leaderboard(
        competition=slug,
        phase=phase,
        change=ranked.change,
        frozen=ranked.frozen_at is not None,
        frozen_at=ranked.frozen_at,
        rows=ranked.rows,
        baseline_rows=list(baselines),
    )
    body = leaderboard.model_dump_json().encode()
    return LeaderboardAnswer(body, tag_of(body))
