"""A public board on the pages of other sites: in a frame, as JSON, and as a badge of one team.

Whoever is signed in at the browser, all of this is what everybody may see. No other page may be framed.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from arena.words.problems import ProblemCode
from arena.words.text import clean_line
from services.gateway.accounts.callers import NOBODY
from services.gateway.boards.badge import draw_badge
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithBoards, WithPool
from services.gateway.leaderboard.answers import answer_tagged, tag_of
from services.gateway.problems import Problem
from services.gateway.request_guard import EMBEDDED_HEADERS, SHARED_HEADERS
from services.gateway.website.page_data import BoardData
from services.gateway.website.rendering import Viewer, render

router = APIRouter(include_in_schema=False, prefix="/c/{slug}/boards/{board}")
KEEP = "public, max-age=60"
TEAM_CHARS = 80
IfNoneMatch = Annotated[str | None, Header()]


@router.get("/embed")
async def embedded_page(request: Request, slug: str, board: str, pool: WithPool, boards: WithBoards) -> Response:
    """Show a public board in a frame of another site's page."""
    ranking = (await boards.answer(slug, board, NOBODY)).ranking
    competition = await find_competition(pool, slug)
    request.state.security_headers = EMBEDDED_HEADERS
    data = BoardData(ranking=ranking, team=None)
    headers = {"Cache-Control": KEEP}
    return render("embed.html.j2", Viewer("anyone"), competition=competition, data=data, headers=headers)


@router.get("/embed.json")
async def embedded_json(
    request: Request, slug: str, board: str, boards: WithBoards, if_none_match: IfNoneMatch = None
) -> Response:
    """Return a public board as JSON, for scripts on other sites' pages."""
    answer = await boards.answer(slug, board, NOBODY)
    request.state.security_headers = SHARED_HEADERS
    return answer_tagged(answer.body, answer.tag, if_none_match)


@router.get("/badge.svg")
async def badge(
    request: Request,
    slug: str,
    board: str,
    boards: WithBoards,
    team: Annotated[str, Query(max_length=TEAM_CHARS)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a picture of a team's rank and score on a public board."""
    ranking = (await boards.answer(slug, board, NOBODY)).ranking
    row = next((each for each in ranking.rows if each.team == team and not each.baseline), None)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_TEAM, f"No team {clean_line(team, TEAM_CHARS)!r} is on this board.")
    svg = draw_badge(ranking.board.title, row)
    request.state.security_headers = SHARED_HEADERS
    return answer_tagged(svg, tag_of(svg), if_none_match, "image/svg+xml", KEEP)
