"""The answers to who asks what a leaderboard shows beside its ranks: computed when a counting submission changes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from arena.api.body import Body
from arena.api.views.boxes import BoxSpreads
from arena.api.views.counters import Counters
from arena.api.views.days import Days
from arena.api.views.head_to_head import HeadToHead
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Caller
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.leaderboard.answers import TEAMS_SHOWN, LeaderboardAnswer, Leaderboards, tag_of
from services.gateway.leaderboard.kept import make_room
from services.gateway.leaderboard.reader import Clock, RankedLeaderboard
from services.gateway.leaderboard.within_noise import Losses
from services.gateway.problems import Problem
from services.gateway.views import tables
from services.gateway.views.box_spreads import spreads_of
from services.gateway.views.days import days_of, moments_between
from services.gateway.views.pairing import pair
from shared.database import Pool

COUNTERS_KEPT_S = 10.0
Asked = tuple[str, str, bool, str]
Compute = Callable[[UUID, str, RankedLeaderboard], Awaitable[Body]]


class Views:
    """What the counting submissions of phases show. While others only run on, who asks costs no computation."""

    def __init__(self, pool: Pool, leaderboards: Leaderboards) -> None:
        self._pool = pool
        self._leaderboards = leaderboards
        self._kept: dict[Asked, LeaderboardAnswer] = {}
        self._pairs: dict[Asked, LeaderboardAnswer] = {}
        self._turn = asyncio.Lock()

    async def days(self, slug: str, phase: str | None, caller: Caller) -> LeaderboardAnswer:
        """Return scores and ranks over the days. Raises Problem 404 or 422 if it is not clear of which phase."""

        async def compute(phase_id: UUID, name: str, ranked: RankedLeaderboard) -> Body:
            until = None if caller.role == "organizer" else ranked.frozen_at
            rows = await tables.list_scored(self._pool, phase_id, until)
            moments = moments_between(rows[0].ended_at, rows[-1].ended_at) if rows else []
            teams = await asyncio.to_thread(days_of, rows, moments)
            frozen = ranked.frozen_at is not None
            return Days(competition=slug, phase=name, frozen=frozen, moments=moments, teams=teams[:TEAMS_SHOWN])

        return await self._answer(self._kept, "days", slug, phase, caller, compute)

    async def boxes(self, slug: str, phase: str | None, caller: Caller) -> LeaderboardAnswer:
        """Return how scores are spread on each black box. Raises Problem 404 or 422."""

        async def compute(phase_id: UUID, name: str, ranked: RankedLeaderboard) -> Body:
            losses = dict(list(_losses(ranked).items())[:TEAMS_SHOWN])
            labels = await tables.box_labels(self._pool, phase_id)
            boxes = await asyncio.to_thread(spreads_of, labels, list(losses.values()))
            frozen = ranked.frozen_at is not None
            return BoxSpreads(competition=slug, phase=name, frozen=frozen, teams=list(losses), boxes=boxes)

        return await self._answer(self._kept, "boxes", slug, phase, caller, compute)

    async def head_to_head(self, slug: str, phase: str | None, a: str, b: str, caller: Caller) -> LeaderboardAnswer:
        """Return two teams against each other. Raises Problem 404, also if one of them has no counting submission."""

        async def compute(phase_id: UUID, name: str, ranked: RankedLeaderboard) -> Body:
            losses = _losses(ranked)
            for team in (a, b):
                if team not in losses:
                    raise Problem(
                        ProblemCode.NO_SUCH_TEAM,
                        f"The leaderboard of {name} has no scored submission of a team {team!r}.",
                    )
            labels = await tables.box_labels(self._pool, phase_id)
            pairing = await asyncio.to_thread(pair, labels, losses[a], losses[b])
            frozen = ranked.frozen_at is not None
            return HeadToHead(competition=slug, phase=name, frozen=frozen, a=a, b=b, **dict(pairing))

        return await self._answer(self._pairs, f"head-to-head\0{a}\0{b}", slug, phase, caller, compute)

    async def _answer(
        self,
        kept: dict[Asked, LeaderboardAnswer],
        what: str,
        slug: str,
        phase: str | None,
        caller: Caller,
        compute: Compute,
    ) -> LeaderboardAnswer:
        name, ranked = await self._leaderboards.load(slug, phase, caller)
        asked, tag = (slug, name, caller.role == "organizer", what), _tag(slug, name, what, ranked)
        if (answer := kept.get(asked)) is not None and answer.tag == tag:
            return answer
        async with self._turn:  # one computation at a time, and none twice
            if (answer := kept.get(asked)) is None or answer.tag != tag:
                found = await choose_phase(self._pool, await find_competition(self._pool, slug), name, caller)
                body = (await compute(found.id, name, ranked)).model_dump_json().encode()
                kept.pop(asked, None)
                make_room(kept)
                answer = kept[asked] = LeaderboardAnswer(body, tag)
        return answer


def _losses(ranked: RankedLeaderboard) -> dict[str, Losses]:
    """Return the losses of each team with a counting submission, in the order of the leaderboard."""
    return {row.team: ranked.losses[row.submission_id] for row in ranked.rows if row.submission_id in ranked.losses}


def _tag(slug: str, phase: str, what: str, ranked: RankedLeaderboard) -> str:
    """Return a tag that is the same as long as the same submissions count, with the same scores."""
    counting = [(row.team, row.submission_id, row.score) for row in ranked.rows if row.rank is not None]
    return tag_of(repr((slug, phase, what, ranked.frozen_at, counting)).encode())


class CounterReader:
    """Counts everything, at most once in COUNTERS_KEPT_S seconds however many ask."""

    def __init__(self, pool: Pool, clock: Clock = time.monotonic) -> None:
        self._pool = pool
        self._clock = clock
        self._turn = asyncio.Lock()
        self._counters: Counters | None = None
        self._at = 0.0

    async def load(self) -> Counters:
        """Return the counters."""
        async with self._turn:
            if self._counters is None or self._clock() >= self._at + COUNTERS_KEPT_S:
                self._counters, self._at = await tables.count_everything(self._pool), self._clock()
            return self._counters
