"""The generalization losses of leaderboards that somebody looks at; those of a scored submission are read once."""

import asyncio
from uuid import UUID

from arena.api.competition_document import Board
from arena.api.leaderboard import GeneralizationRow
from services.gateway.boards.losses import BoardLosses
from services.gateway.boards.tables import BoardBox, list_boxes
from services.gateway.competitions.tables import PhaseRow
from services.gateway.generalization.ranking import rank_generalization
from services.gateway.leaderboard.answers import Leaderboards
from services.gateway.leaderboard.kept import make_room
from shared.database import Pool

View = tuple[UUID, bool, tuple[BoardBox, ...]]


class GeneralizationScores:
    """What the generalization losses say of the submissions on leaderboards, by the rule of a board of that loss.

    It is for those who may see it alone: `services/gateway/generalization/routes.py` checks that.
    """

    def __init__(self, pool: Pool, leaderboards: Leaderboards) -> None:
        self._pool = pool
        self._leaderboards = leaderboards
        self._losses: dict[View, BoardLosses] = {}
        self._turn = asyncio.Lock()

    async def load(self, phase: PhaseRow, *, present: bool) -> list[GeneralizationRow]:
        """Return the ranked teams of a phase's leaderboard, in its order. Raises PhaseGone."""
        ranked = await self._leaderboards.reader(phase.id, present=present).load()
        shown = [row.submission_id for row in ranked.rows if row.rank is not None]
        rule = Board(
            name="generalization", title="Generalization", phase=phase.name, objective="generalization", boxes=[]
        )
        boxes = tuple(await list_boxes(self._pool, phase.id, rule))
        view = phase.id, present, boxes
        async with self._turn:
            if view not in self._losses:
                make_room(self._losses)
                self._losses[view] = BoardLosses(self._pool, boxes, phase.n_calls, rule.objective)
            losses = await self._losses[view].read(shown, ())
        wanted = {each.id for each in boxes} if len(boxes) == len(phase.boxes) else set()
        return await asyncio.to_thread(rank_generalization, ranked.rows, losses, wanted)
