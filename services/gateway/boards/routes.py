"""The boards of a competition, for whoever may see their phases."""

from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from arena.api.leaderboard import BoardList, BoardRanking
from services.gateway.accounts.callers import Anyone
from services.gateway.boards.lookup import list_visible_boards
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithBoards, WithPool
from services.gateway.leaderboard.answers import NOT_MODIFIED, answer_tagged

router = APIRouter(prefix="/api/v1/competitions/{slug}/boards", tags=["leaderboard"])


@router.get("")
async def list_boards(slug: str, pool: WithPool, caller: Anyone) -> BoardList:
    """Return the boards of a competition, with their rules. The leaderboard of a phase is no part of the list."""
    competition = await find_competition(pool, slug)
    return BoardList(boards=[each.board for each in await list_visible_boards(pool, competition, caller)])


@router.get("/{board}", response_model=BoardRanking, responses=NOT_MODIFIED)
async def get_board(
    slug: str,
    board: str,
    boards: WithBoards,
    caller: Anyone,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a board: the submissions of its phase's leaderboard, ranked by its rule.

    It is frozen with its phase. With the answer's ETag as If-None-Match, the next answer is 304 without a body until
    something changes.
    """
    answer = await boards.answer(slug, board, caller)
    return answer_tagged(answer.body, answer.tag, if_none_match)
