"""The answers to who asks for a board: one for everybody, written once for each change of its phase."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from arena.api.competition_document import Board, BoardBaseline
from arena.api.leaderboard import BoardRanking
from services.gateway.accounts.callers import Caller
from services.gateway.boards import tables
from services.gateway.boards.baseline_rows import baseline_entries
from services.gateway.boards.lookup import choose_board, sees_all
from services.gateway.boards.losses import BoardLosses, SubmissionLosses
from services.gateway.boards.ranking import BoardEntry, rank_board
from services.gateway.boards.tables import BaselineRun, BoardBox
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.tables import PhaseRow
from services.gateway.leaderboard.answers import Leaderboards, tag_of
from services.gateway.leaderboard.kept import make_room
from services.gateway.leaderboard.reader import Clock, PhaseGone, RankedLeaderboard
from services.gateway.live.change_notifier import POLL_S, ChangeNotifier
from shared.database import Pool


@dataclass(frozen=True)
class BoardAnswer:
    """A board, the same as JSON, and a tag that is the same as long as that is."""

    ranking: BoardRanking
    body: bytes
    tag: str


@dataclass(frozen=True)
class BoardView:
    """What decides which board somebody gets."""

    slug: str
    name: str
    present: bool


@dataclass(frozen=True)
class BoardPlan:
    """What a board is made of beside its phase's leaderboard."""

    board: Board
    phase: PhaseRow
    boxes: Sequence[BoardBox]
    baseline_rows: Sequence[BoardBaseline]
    baseline_runs: Sequence[BaselineRun]

    @property
    def iterations(self) -> int:
        """After how many iterations the board scores."""
        return self.board.after_iterations or self.phase.n_calls

    @property
    def studies_total(self) -> int:
        """How many studies a submission has on the board's black boxes."""
        return self.phase.studies_per_box * len(self.boxes)


@dataclass
class KeptBoard:
    """A board that somebody looks at: when it was looked up, and its last answer with the leaderboard it is of."""

    plan: BoardPlan
    losses: BoardLosses
    at: float = 0.0
    own_changes: int = -1
    ranked: RankedLeaderboard | None = None
    answer: BoardAnswer | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Boards:
    """The boards that somebody looks at.

    A board has the submissions of its phase's leaderboard, so it is frozen with it, and a change is found out once for
    both. Ranking is work for a thread.
    """

    def __init__(
        self, pool: Pool, changes: ChangeNotifier, leaderboards: Leaderboards, clock: Clock = time.monotonic
    ) -> None:
        self._pool = pool
        self._changes = changes
        self._leaderboards = leaderboards
        self._clock = clock
        self._kept: dict[BoardView, KeptBoard] = {}

    async def answer(self, slug: str, name: str, caller: Caller) -> BoardAnswer:
        """Return a board as a caller may see it. Raises Problem 404."""
        view = BoardView(slug, name, sees_all(caller))
        kept = self._kept.get(view)
        if kept is None or kept.own_changes != self._changes.own_changes or self._clock() >= kept.at + POLL_S:
            kept = await self._look_up(view, caller)
        try:
            ranked = await self._load(view, kept)
        except PhaseGone:
            kept = await self._look_up(view, caller)
            ranked = await self._load(view, kept)
        async with kept.turn:
            if kept.answer is None or kept.ranked is not ranked:
                kept.ranked, kept.answer = ranked, await self._write(slug, kept, ranked)
        return kept.answer

    async def _load(self, view: BoardView, kept: KeptBoard) -> RankedLeaderboard:
        return await self._leaderboards.reader(kept.plan.phase.id, present=view.present).load()

    async def _look_up(self, view: BoardView, caller: Caller) -> KeptBoard:
        """Look up the rule again: it may be another since the competition was changed, and so may be the phase."""
        own_changes, at = self._changes.own_changes, self._clock()
        competition = await find_competition(self._pool, view.slug)
        chosen = await choose_board(self._pool, competition, view.name, caller)
        board, phase, rows = chosen.board, chosen.phase, chosen.baseline_rows
        boxes = await tables.list_boxes(self._pool, phase.id, board)
        plan = BoardPlan(board, phase, boxes, rows, await tables.list_baseline_runs(self._pool, phase, rows))
        kept = self._kept.get(view)
        if kept is None or kept.plan != plan:
            self._kept.pop(view, None)
            make_room(self._kept)
            kept = KeptBoard(plan, BoardLosses(self._pool, boxes, plan.iterations, board.objective))
            self._kept[view] = kept
        kept.at, kept.own_changes = at, own_changes
        return kept

    async def _write(self, slug: str, kept: KeptBoard, ranked: RankedLeaderboard) -> BoardAnswer:
        plan = kept.plan
        runs = {each.submission_id: each.has_ended for each in plan.baseline_runs}
        running = {row.submission_id for row in ranked.rows if row.rank is None}
        ended = {row.submission_id for row in ranked.rows if row.rank is not None}
        losses = await kept.losses.read(
            ended | {each for each, has_ended in runs.items() if has_ended},
            running | {each for each, has_ended in runs.items() if not has_ended},
        )
        baselines = baseline_entries(plan.baseline_rows, plan.baseline_runs, losses, studies_total=plan.studies_total)
        rows = await asyncio.to_thread(rank_board, [*_entries(plan, ranked, losses), *baselines])
        ranking = BoardRanking(
            competition=slug,
            board=plan.board,
            parameter_names=plan.phase.parameter_names,
            n_boxes=len(plan.boxes),
            n_calls=plan.phase.n_calls,
            change=ranked.change,
            frozen=ranked.frozen_at is not None,
            frozen_at=ranked.frozen_at,
            rows=rows,
        )
        body = ranking.model_dump_json().encode()
        return BoardAnswer(ranking, body, tag_of(body))


def _entries(
    plan: BoardPlan, ranked: RankedLeaderboard, losses: Mapping[UUID, SubmissionLosses]
) -> Iterator[BoardEntry]:
    """Yield the submissions; of their studies those on the board's black boxes count, as of a baseline row's."""
    for row in ranked.rows:
        of_submission = losses[row.submission_id]
        yield BoardEntry(
            team=row.team,
            losses=of_submission.means,
            studies_done=sum(studies for studies, _ in of_submission.sums.values()),
            studies_total=plan.studies_total,
            ended_at=of_submission.ended_at,
            is_ranked=row.rank is not None,
        )
