"""The baseline rows of boards and leaderboards: organizer runs, which have a score and no rank."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.api.competition_document import Board, BoardBaseline
from arena.api.leaderboard import BoardRow
from services.gateway.boards import tables
from services.gateway.boards.losses import BoardLosses, SubmissionLosses
from services.gateway.boards.ranking import BoardEntry, rank_board
from services.gateway.boards.tables import BaselineRun, BoardBox
from services.gateway.competitions.tables import PhaseRow
from services.gateway.leaderboard.kept import make_room
from services.gateway.leaderboard.reader import Clock
from services.gateway.live.change_notifier import POLL_S
from shared.database import Pool


@dataclass
class _KeptRows:
    """The rows of a phase, what they were made of, and when they were looked up."""

    boxes: Sequence[BoardBox]
    iterations: int
    losses: BoardLosses
    at: float
    rows: Sequence[BoardRow] = ()


class BaselineRows:
    """The baseline rows of the leaderboards that somebody looks at, looked up once in POLL_S seconds.

    As long as nothing has changed, the same object is returned.
    """

    def __init__(self, pool: Pool, clock: Clock = time.monotonic) -> None:
        self._pool = pool
        self._clock = clock
        self._kept: dict[UUID, _KeptRows] = {}
        self._turn = asyncio.Lock()

    async def load(self, phase: PhaseRow) -> Sequence[BoardRow]:
        """Return the rows of a phase's leaderboard, the best first."""
        async with self._turn:
            kept = self._kept.get(phase.id)
            if kept is None or self._clock() >= kept.at + POLL_S:
                kept = await self._look_up(phase, kept)
        return kept.rows

    async def _look_up(self, phase: PhaseRow, kept: _KeptRows | None) -> _KeptRows:
        at = self._clock()
        stated = (await tables.find_documents(self._pool, phase.competition_id)).baseline_rows
        runs = await tables.list_baseline_runs(self._pool, phase, stated)
        boxes = await tables.list_boxes(self._pool, phase.id, _all_of(phase)) if runs else []
        if kept is None or (kept.boxes, kept.iterations) != (boxes, phase.n_calls):
            losses = BoardLosses(self._pool, boxes, phase.n_calls, "visible")
            kept = _KeptRows(boxes, phase.n_calls, losses, at)
            make_room(self._kept)
            self._kept[phase.id] = kept
        found = await read_baseline_losses(kept.losses, runs)
        entries = list(baseline_entries(stated, runs, found, studies_total=phase.studies_per_box * len(boxes)))
        rows = await asyncio.to_thread(rank_board, entries)
        kept.at = at
        if rows != kept.rows:
            kept.rows = rows
        return kept


async def read_baseline_losses(losses: BoardLosses, runs: Sequence[BaselineRun]) -> Mapping[UUID, SubmissionLosses]:
    """Return the losses of baseline rows' runs; of one that has ended they are read once."""
    ended = {each.submission_id for each in runs if each.has_ended}
    return await losses.read(ended, {each.submission_id for each in runs} - ended)


def baseline_entries(
    stated: Sequence[BoardBaseline],
    runs: Sequence[BaselineRun],
    losses: Mapping[UUID, SubmissionLosses],
    *,
    studies_total: int,
) -> Iterator[BoardEntry]:
    """Yield the baseline rows of which a study has finished."""
    for row in stated:
        of_row = [each for each in runs if each.name == row.name]
        sums = {each.box_id: losses[each.submission_id].sums.get(each.box_id) for each in of_row}
        done = {box: found for box, found in sums.items() if found is not None}
        if done:
            yield BoardEntry(
                team=row.name,
                losses={box: total / studies for box, (studies, total) in done.items()},
                studies_done=sum(studies for studies, _ in done.values()),
                studies_total=studies_total,
                is_ranked=False,
                is_baseline=True,
            )


def _all_of(phase: PhaseRow) -> Board:
    """Return the rule of a phase's leaderboard."""
    return Board(name="leaderboard", title="Leaderboard", phase=phase.name, boxes=[])
