"""Boards in Postgres: what the last revision says of them, and the losses that they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from arena.api.competition_document import Board, BoardBaseline
from arena.words.objectives import GENERALIZATION, VISIBLE
from services.gateway.competitions.tables import PhaseRow
from shared.database import Pool, PoolOrConnection, fetch_all, load_queries

queries = load_queries(files("services.gateway.boards") / "queries.sql")
NEWEST = 2**63 - 1
"""An upper limit of the numbers, for Postgres to see a narrow range in "after this number"."""
OBJECTIVES = {"visible": VISIBLE, "generalization": GENERALIZATION}


@dataclass(frozen=True)
class BoardDocuments:
    """The boards of a competition in their order, and the baseline rows that all of them show."""

    boards: Sequence[Board]
    baseline_rows: Sequence[BoardBaseline]


@dataclass(frozen=True)
class BoardBox:
    """A black box that a board scores: a loss of `clip` is 1 when rescaled, one of `best` is 0."""

    id: UUID
    clip: float
    best: float


@dataclass(frozen=True)
class BaselineRun:
    """The organizer run of a baseline row on a black box."""

    name: str
    submission_id: UUID
    box_id: UUID
    has_ended: bool


@dataclass(frozen=True)
class BoardBoxLosses:
    """The sum of the rescaled losses of a submission's studies on a black box, and the last change among them."""

    submission_id: UUID
    box_id: UUID
    ended_at: datetime | None
    studies: int
    losses: float
    change: int


async def find_documents(pool: Pool, competition_id: UUID) -> BoardDocuments:
    """Return the boards and the baseline rows of a competition; none for one of before there were any."""
    row = await queries.board_documents(pool, competition_id=competition_id)
    if row is None:
        return BoardDocuments([], [])
    return BoardDocuments(
        [Board.model_validate(each) for each in row["boards"]],
        [BoardBaseline.model_validate(each) for each in row["baseline_rows"]],
    )


async def list_boxes(pool: Pool, phase_id: UUID, board: Board) -> list[BoardBox]:
    """Return the black boxes that a board scores, those that the phase's baseline covers."""
    rows = queries.board_boxes(
        pool,
        phase_id=phase_id,
        labels=board.boxes,
        families=board.families,
        objective=OBJECTIVES[board.objective],
    )
    return await fetch_all(BoardBox, rows)


async def list_baseline_runs(pool: Pool, phase: PhaseRow, rows: Sequence[BoardBaseline]) -> list[BaselineRun]:
    """Return the organizer runs of baseline rows that have a phase's budget, at most one for each black box."""
    if not rows:
        return []
    found = queries.baseline_runs(
        pool,
        competition_id=phase.competition_id,
        phase_id=phase.id,
        names=[each.name for each in rows],
        sha256s=[each.sha256 for each in rows],
        environments=[each.environment for each in rows],
    )
    return await fetch_all(BaselineRun, found)


async def list_losses(
    where: PoolOrConnection, since: Mapping[UUID, int], boxes: Sequence[BoardBox], iterations: int, objective: str
) -> list[BoardBoxLosses]:
    """Return the losses of submissions on black boxes, of each submission those of studies after a change."""
    rows = queries.board_losses(
        where,
        submission_ids=list(since.keys()),
        sinces=list(since.values()),
        box_ids=[each.id for each in boxes],
        clips=[each.clip for each in boxes],
        bests=[each.best for each in boxes],
        iterations=iterations,
        objective=objective,
        newest=NEWEST,
    )
    return await fetch_all(BoardBoxLosses, rows)
