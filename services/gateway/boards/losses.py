"""Keeps the losses of submissions under a board's rule, and of a change reads only the studies that are new."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.gateway.boards import tables
from services.gateway.boards.tables import BoardBox, BoardBoxLosses
from services.gateway.leaderboard.within_noise import Losses
from shared.database import PoolOrConnection

NOTHING_SEEN = -1


@dataclass
class SubmissionLosses:
    """What is known of a submission: for each black box how many studies it is of, and the sum of their losses."""

    change: int = NOTHING_SEEN
    ended_at: datetime | None = None
    sums: dict[UUID, tuple[int, float]] = field(default_factory=dict)

    def add(self, row: BoardBoxLosses) -> None:
        """Take the studies on a black box that are new."""
        studies, losses = self.sums.get(row.box_id, (0, 0.0))
        self.sums[row.box_id] = studies + row.studies, losses + row.losses
        self.change, self.ended_at = max(self.change, row.change), row.ended_at

    @property
    def means(self) -> Losses:
        """The mean loss of each black box."""
        return {box: losses / studies for box, (studies, losses) in self.sums.items()}


class BoardLosses:
    """The losses of the submissions that a board shows. Those of one that has ended are read once, as one sum.

    So they are the same bit for bit, however often somebody looked while it ran.
    """

    def __init__(self, where: PoolOrConnection, boxes: Sequence[BoardBox], iterations: int, objective: str) -> None:
        self.where = where
        self._boxes = boxes
        self._iterations = iterations
        self._objective = objective
        self._ended: dict[UUID, SubmissionLosses] = {}
        self._running: dict[UUID, SubmissionLosses] = {}

    async def read(self, ended: Collection[UUID], running: Collection[UUID]) -> Mapping[UUID, SubmissionLosses]:
        """Return the losses of submissions, which are all that are kept from now on."""
        known = {each: self._ended[each] for each in ended if each in self._ended}
        unended = {each: self._running.get(each) or SubmissionLosses() for each in running}
        new = {each: SubmissionLosses() for each in ended if each not in known}
        found = new | unended
        if found:
            since = {each: losses.change for each, losses in found.items()}
            for row in await tables.list_losses(self.where, since, self._boxes, self._iterations, self._objective):
                found[row.submission_id].add(row)
        self._ended, self._running = known | new, unended
        return self._ended | self._running
