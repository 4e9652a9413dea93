"""The organizer's console: a page for each task, built on the same API that the commands use."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.words.problems import ProblemCode
from arena.words.scopes import Scope
from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithPool
from services.gateway.generalization.tables import list_revealed
from services.gateway.problems import Problem
from services.gateway.website.page_data import ConsoleData
from services.gateway.website.rendering import render
from services.gateway.website.viewers import find_page_context, to_sign_in

router = APIRouter(include_in_schema=False)
SECTIONS = {
    "operation": "Operation",
    "executions": "Executions",
    "phases": "Phases",
    "teams": "Teams and tokens",
    "people": "People",
    "planning": "Planning",
}
FIRST = "operation"


@router.get("/c/{slug}/console")
@router.get("/c/{slug}/console/{section}")
async def console_page(request: Request, slug: str, pool: WithPool, caller: Anyone, section: str = FIRST) -> Response:
    """Show a section of the console to the organizer."""
    if caller.role == "anyone":
        return to_sign_in(request)
    if caller.role != "organizer" or Scope.READ not in caller.scopes:
        raise Problem(ProblemCode.WRONG_ROLE, "The console is for organizers; sign in with an organizer's token.")
    if section not in SECTIONS:
        raise Problem(
            ProblemCode.NO_SUCH_ADDRESS,
            f"The console has no section {section!r}; its sections are: {', '.join(SECTIONS)}.",
        )
    page = await find_page_context(pool, caller, slug, None)
    revealed = await list_revealed(pool, [each.id for each in page.phases])
    data = ConsoleData(
        slug=slug,
        phases=[each.name for each in page.phases],
        revealed=[each.name for each in page.phases if each.id in revealed],
    )
    return render(
        "console.html.j2", page.viewer, competition=page.competition, data=data, section=section, sections=SECTIONS
    )
