"""The page of a board."""

from fastapi import APIRouter
from starlette.responses import Response

from arena.api.leaderboard import BoardRanking
from services.gateway.accounts.callers import Anyone
from services.gateway.boards.lookup import list_visible_boards
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithBoards, WithPool
from services.gateway.website.page_data import BoardData
from services.gateway.website.rendering import render
from services.gateway.website.viewers import viewer_of

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/boards/{board}")
async def board_page(slug: str, board: str, pool: WithPool, boards: WithBoards, caller: Anyone) -> Response:
    """Show a board, live, with the way to the others."""
    ranking = (await boards.answer(slug, board, caller)).ranking
    competition = await find_competition(pool, slug)
    found = await list_visible_boards(pool, competition, caller)
    viewer = viewer_of(caller)
    return render(
        "board.html.j2",
        viewer,
        competition=competition,
        data=BoardData(ranking=ranking, team=viewer.team),
        board=ranking.board,
        boards=[each.board for each in found],
        rule=say_rule(ranking),
        is_shared=any(each.board.name == ranking.board.name and each.is_public for each in found),
    )


def say_rule(ranking: BoardRanking) -> str:
    """Return in words what a board ranks, and by what."""
    board, several = ranking.board, "" if ranking.n_boxes == 1 else "es"
    boxes = (
        f"{ranking.n_boxes} black box{several}"
        if board.boxes or board.families
        else f"all {ranking.n_boxes} black box{several}"
    )
    loss = "generalization loss" if board.objective == "generalization" else "visible loss"
    when = f"after {board.after_iterations or ranking.n_calls} of {ranking.n_calls} iterations"
    return (
        f"The submissions that count in phase {board.phase}, by the {loss} {when}, over {boxes}. "
        f"Optimizers see {ranking.parameter_names} parameter names."
    )
