"""The address in each e-mail at which its kind is switched off, without signing in."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from arena.api.notices.kinds import NoticeKind
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Anyone
from services.gateway.dependencies import WithPool
from services.gateway.notices import tables
from services.gateway.problems import Problem
from services.gateway.website.rendering import render
from services.gateway.website.viewers import viewer_of

router = APIRouter(include_in_schema=False)
Secret = Annotated[str, Query(max_length=100)]


@router.get("/notices/stop")
async def stop_page(caller: Anyone, person: UUID, kind: NoticeKind, secret: Secret) -> Response:
    """Ask whether to switch a kind off. It takes a click, because mail programs open links to look at them."""
    query = urlencode({"person": person, "kind": kind, "secret": secret})
    return render(
        "notices_stop.html.j2", viewer_of(caller), query=query, sentence=kind.sentence, is_done=False,
    )  # fmt: skip


@router.post("/notices/stop")
async def stop(pool: WithPool, caller: Anyone, person: UUID, kind: NoticeKind, secret: Secret) -> Response:
    """Switch a kind off: by that click, or by a mail program's own button (RFC 8058)."""
    if not await tables.stop_emails(pool, person, secret, kind):
        raise Problem(ProblemCode.NO_SUCH_ADDRESS, "This link is not one of ours, or the person's account is gone.")
    return render("notices_stop.html.j2", viewer_of(caller), query="", sentence=kind.sentence, is_done=True)
