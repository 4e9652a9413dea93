"""The answers to who asks how good optimizers are at any budget: each submission is measured once, for everybody."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from arena.anytime.targets import TARGETS
from arena.api.leaderboard import LeaderboardRow, Performance, TeamPerformance
from services.gateway.accounts.callers import Caller
from services.gateway.leaderboard.answers import TEAMS_SHOWN, LeaderboardAnswer, Leaderboards, tag_of
from services.gateway.leaderboard.kept import make_room
from services.gateway.performance import tables
from services.gateway.performance.measuring import MeasuredSubmission, measure_submissions
from services.gateway.scores import show_curve
from shared.database import Pool

SUBMISSIONS_KEPT = 2000
ANSWERS_KEPT = 64
AT_ONCE = 10
"""How many submissions are read and measured at a time, so that their curves take little memory."""

Shown = tuple[str, str, bool, tuple[tuple[UUID, str], ...], int]


class Performances:
    """How good the teams of the leaderboards that somebody looks at are at any budget.

    What a leaderboard shows decides what is shown here: so a freeze and a hidden phase hold here, too. The figures of a
    scored submission never change, so a change costs the submissions that are new on the leaderboard, in a thread.
    """

    def __init__(self, pool: Pool, leaderboards: Leaderboards) -> None:
        self._pool = pool
        self._leaderboards = leaderboards
        self._turn = asyncio.Lock()
        self._measured: dict[UUID, MeasuredSubmission | None] = {}
        self._answers: dict[Shown, LeaderboardAnswer] = {}

    async def answer(self, slug: str, phase: str | None, caller: Caller) -> LeaderboardAnswer:
        """Return the figures of a phase as a caller may see them. Raises Problem 404 or 422 as a leaderboard does."""
        name, ranked = await self._leaderboards.load(slug, phase, caller)
        rows = [row for row in ranked.rows if row.rank is not None]
        shown = rows[:TEAMS_SHOWN]
        frozen = ranked.frozen_at is not None
        key = slug, name, frozen, tuple((row.submission_id, row.team) for row in shown), len(rows)
        if key not in self._answers:
            async with self._turn:
                if key not in self._answers:  # who had the turn before may have wanted the same
                    await self._measure([row.submission_id for row in shown])
                    make_room(self._answers, ANSWERS_KEPT)
                    self._answers[key] = await asyncio.to_thread(self._write, slug, name, frozen, shown, len(rows))
        return self._answers[key]

    async def _measure(self, submission_ids: Sequence[UUID]) -> None:
        unknown = [each for each in submission_ids if each not in self._measured]
        if len(self._measured) + len(unknown) > SUBMISSIONS_KEPT:
            self._measured.clear()
            unknown = list(submission_ids)
        for start in range(0, len(unknown), AT_ONCE):
            # One by one, because what came is decoded on the loop's own thread.
            found = {each: await tables.find_curves(self._pool, each) for each in unknown[start : start + AT_ONCE]}
            curves = [(each, row) for each, row in found.items() if row is not None]
            measured = await asyncio.to_thread(measure_submissions, curves)
            self._measured |= dict.fromkeys(found) | {each.submission_id: each for each in measured}

    def _write(
        self, slug: str, phase: str, frozen: bool, rows: Sequence[LeaderboardRow], ranked: int
    ) -> LeaderboardAnswer:
        found = [(row, measured) for row in rows if (measured := self._measured[row.submission_id]) is not None]
        performance = Performance(
            competition=slug,
            phase=phase,
            frozen=frozen,
            n_suggestions=found[0][1].n_suggestions if found else 0,
            budgets=found[0][1].budgets if found else [],
            targets=show_curve(TARGETS) or [],
            ranked=ranked,
            teams=[_team(row, measured) for row, measured in found],
        )
        body = performance.model_dump_json().encode()
        return LeaderboardAnswer(body, tag_of(body))


def _team(row: LeaderboardRow, measured: MeasuredSubmission) -> TeamPerformance:
    return TeamPerformance(
        team=row.team,
        rank=row.rank or 0,
        submission_id=row.submission_id,
        area=measured.area,
        scores=measured.scores,
        ecdf=measured.ecdf,
        running_times=measured.running_times,
    )
