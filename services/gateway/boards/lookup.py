"""Finds a competition's boards that a caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from arena.api.competition_document import Board, BoardBaseline
from arena.words.problems import ProblemCode
from arena.words.scopes import Scope
from arena.words.text import clean_line
from services.gateway.accounts.callers import Caller
from services.gateway.boards import tables
from services.gateway.competitions.lookup import KnownCompetition, visible_phases
from services.gateway.competitions.phases import NAME_CHARS_SHOWN
from services.gateway.competitions.tables import PhaseRow
from services.gateway.generalization.tables import list_revealed
from services.gateway.problems import Problem
from shared.database import Pool


@dataclass(frozen=True)
class ChosenBoard:
    """A board with its phase, and the baseline rows of its competition."""

    board: Board
    phase: PhaseRow
    baseline_rows: Sequence[BoardBaseline]
    is_revealed: bool = False

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it. What the generalization loss says is for organizers until it is revealed."""
        board = self.board
        is_told = board.objective == "visible" or self.is_revealed
        return "public" == board.visibility == self.phase.visibility and is_told


async def list_visible_boards(pool: Pool, competition: KnownCompetition, caller: Caller) -> list[ChosenBoard]:
    """Return the boards of a competition that a caller may see, in their order."""
    found = await tables.find_documents(pool, competition.id)
    if not found.boards:
        return []
    phases = {phase.name: phase for phase in await visible_phases(pool, competition, caller)}
    revealed = await list_revealed(pool, [phase.id for phase in phases.values()])
    boards = [
        ChosenBoard(each, phase, found.baseline_rows, is_revealed=phase.id in revealed)
        for each in found.boards
        if (phase := phases.get(each.phase)) is not None
    ]
    return [each for each in boards if sees_all(caller) or each.is_public]


def sees_all(caller: Caller) -> bool:
    """Return whether a caller sees boards that are the organizers', and what came after a freeze."""
    return caller.role == "organizer" and Scope.READ in caller.scopes


async def choose_board(pool: Pool, competition: KnownCompetition, name: str, caller: Caller) -> ChosenBoard:
    """Return the board of this name. Raises Problem 404 if there is none that the caller may see."""
    boards = await list_visible_boards(pool, competition, caller)
    for each in boards:
        if each.board.name == name:
            return each
    known = [each.board.name for each in boards]
    raise Problem(
        ProblemCode.NO_SUCH_BOARD,
        f"There is no board {clean_line(name, NAME_CHARS_SHOWN)!r} in {competition.slug}, "
        f"which has {', '.join(known) or 'none'}.",
        boards=known,
    )
