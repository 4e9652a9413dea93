"""Reads a phase's leaderboard, and of a change only the teams that it is about."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from arena.api.leaderboard import LeaderboardRow
from services.gateway.leaderboard import tables
from services.gateway.leaderboard.ranking import Ranking
from services.gateway.leaderboard.tables import PhaseChangeRow, RankedTeamRow, SubmissionProgress
from services.gateway.leaderboard.within_noise import Losses
from services.gateway.live.change_notifier import POLL_S, ChangeNotifier
from shared.database import Pool

Clock = Callable[[], float]
Teams = Mapping[UUID, RankedTeamRow]


@dataclass(frozen=True)
class RankedLeaderboard:
    """Rows that include every change up to number `change`, or up to the moment the phase was frozen.

    `losses` are those of the counting submissions, by their ids and by black box.
    """

    change: int
    frozen_at: datetime | None
    rows: list[LeaderboardRow]
    losses: Mapping[UUID, Losses]


class PhaseGone(Exception):
    """The phase was deleted, as one without submissions may be."""


class LeaderboardReader:
    """Keeps a phase's leaderboard for all who ask for it.

    It asks Postgres when a change has been announced, and otherwise once in POLL_S seconds, because an announcement may
    be lost. While a phase is frozen, only a reader with `present` sees what came after the freeze.
    """

    def __init__(
        self, pool: Pool, changes: ChangeNotifier, phase_id: UUID, *, present: bool, clock: Clock = time.monotonic
    ) -> None:
        self._pool = pool
        self._changes = changes
        self._phase_id = phase_id
        self._present = present
        self._clock = clock
        self._turn = asyncio.Lock()
        self._announced = asyncio.Event()
        self._asked_at = 0.0
        self._expected = -1
        self._phase: PhaseChangeRow | None = None
        self._teams: Teams = {}
        self._losses: dict[UUID, Losses] = {}
        self._ranking = Ranking()
        self._ranked = RankedLeaderboard(-1, None, [], {})

    async def load(self) -> RankedLeaderboard:
        """Return the current leaderboard, read once however many ask at the same time. Raises PhaseGone."""
        if not self._is_current():
            async with self._turn:
                if not self._is_current():  # who had the turn before may have begun before the change
                    await self._update()
        return self._ranked

    def expect(self, change: int) -> None:
        """Read again before the next answer, unless it has this number, which somebody has seen elsewhere."""
        self._expected = max(self._expected, change)

    def _is_current(self) -> bool:
        is_known = self._phase is not None and not self._announced.is_set() and self._expected <= self._ranked.change
        return is_known and self._clock() < self._asked_at + POLL_S

    async def _update(self) -> None:
        announced, asked_at = self._changes.announcement(self._phase_id), self._clock()
        expected = self._expected
        found = await self._read()
        if found != (self._phase, self._teams):
            phase, teams = found
            losses = await self._read_losses(teams)
            rows = self._ranking.rank(teams.values(), losses)
            # Together and last, so that a failure on the way leaves what was known.
            self._phase, self._teams, self._losses = phase, teams, losses
            self._ranked = RankedLeaderboard(phase.change, phase.frozen_at, rows, losses)
        self._announced, self._asked_at = announced, asked_at
        if self._expected == expected:
            self._expected = -1  # whatever was expected is here, or was a number of before a restored backup

    async def _read(self) -> tuple[PhaseChangeRow, Teams]:
        """Read the teams that have changed, or all where the number does not tell which those are."""
        before = self._phase
        if before is None:
            return await self._read_all()
        found = await tables.list_changed_submissions(self._pool, self._phase_id, before.change)
        if found is None:
            raise self._gone()
        phase, changes = found
        if phase == before:
            return phase, self._teams
        teams: Mapping[UUID, RankedTeamRow | None] | None = self._with_progress(changes)
        if teams is None:
            changed = await tables.list_changed_teams(self._pool, self._phase_id, before.change)
            if changed is None:
                raise self._gone()
            phase, teams = changed
        is_past = phase.frozen_at is not None and not self._present
        if is_past or phase.change <= before.change or replace(phase, change=before.change) != before:
            return await self._read_all()
        now = {**self._teams, **teams}.items()
        return phase, {each: team for each, team in now if team is not None and team.is_shown}

    def _with_progress(self, changes: Sequence[SubmissionProgress]) -> Teams | None:
        """Return the teams that have changed, if submissions only go on, as most changes are; else None."""
        teams: dict[UUID, RankedTeamRow] = {}
        for change in changes:
            known = teams.get(change.team_id, self._teams.get(change.team_id))
            team = None if known is None else known.with_progress(change)
            if team is None:
                return None
            teams[change.team_id] = team
        return teams

    async def _read_all(self) -> tuple[PhaseChangeRow, Teams]:
        # One snapshot, so that a change right after a freeze is not shown as if it came before it.
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            phase = await tables.find_phase_change(connection, self._phase_id)
            if phase is None:
                raise self._gone()
            if phase.frozen_at is None or self._present:
                return phase, await tables.list_teams(connection, self._phase_id)
            return phase, await tables.list_teams_at(connection, self._phase_id, phase.frozen_at)

    async def _read_losses(self, teams: Teams) -> dict[UUID, Losses]:
        shown = {team.counting.id for team in teams.values() if team.counting is not None}
        known = {each: losses for each, losses in self._losses.items() if each in shown}
        unknown = list(shown - known.keys())
        return known | (await tables.box_losses(self._pool, unknown) if unknown else {})

    def _gone(self) -> PhaseGone:
        return PhaseGone(f"there is no phase {self._phase_id}")
