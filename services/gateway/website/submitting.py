"""The page on which a team submits and watches its submissions; to the organizer it shows everybody's."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from starlette.responses import Response

from arena.words.scopes import Scope
from services.gateway.accounts.callers import Anyone, Caller
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.live_list import Watch
from services.gateway.website.rendering import render
from services.gateway.website.viewers import Place, find_place, to_sign_in

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/submissions")
async def submissions_page(
    request: Request, slug: str, parts: WithParts, caller: Anyone, phase: str | None = None
) -> Response:
    """Show a phase's submissions, live, and to a team where to drop the next one."""
    if caller.role == "anyone":
        return to_sign_in(request)
    if Scope.READ not in caller.scopes:
        raise Problem(403, "This page needs a token with the scope 'read'; sign in with another token.")
    place = await find_place(parts, caller, slug, phase)
    if caller.role == "team" and caller.competition_id != place.competition["id"]:
        raise Problem(
            403, f"Your team does not take part in {slug}; its own page is /c/{place.viewer.slug}/submissions."
        )
    data = await _data(parts, caller, place) if place.phase else None
    return render(
        "submissions.html.j2", place.viewer, competition=place.competition, data=data, phases=place.phases,
        phase=place.phase, zip_limit_bytes=parts.settings.zip_limit_bytes, may_submit=_may_submit(caller),
    )  # fmt: skip


def _may_submit(caller: Caller) -> bool:
    return caller.role == "team" and Scope.SUBMIT in caller.scopes


async def _data(parts: Parts, caller: Caller, place: Place) -> dict[str, Any]:
    phase = place.phase
    assert phase is not None  # noqa: S101 - there is nothing to show without one
    first = await Watch(parts, caller, phase["id"]).news()
    body: dict[str, Any] = jsonable_encoder(
        {
            "slug": place.competition["slug"],
            "phase": phase["name"],
            "role": caller.role,
            "may_submit": _may_submit(caller),
            "may_act": bool({Scope.SUBMIT, Scope.MANAGE} & caller.scopes),
            "shows_logs": caller.role == "organizer" or phase["practice"],
            "counting": phase["counting"],
            "zip_limit_bytes": parts.settings.zip_limit_bytes,
            **_times(phase, datetime.now(UTC)),
            "first": first,
        }
    )
    return body


def _times(phase: asyncpg.Record, now: datetime) -> dict[str, Any]:
    """Return when a phase opens and closes, and in how many seconds; the clock of a browser may be wrong."""
    ahead = [at for at in (phase["opens_at"], phase["closes_at"]) if at is not None and at > now]
    return {
        "is_open": phase["is_open"],
        "opens_at": phase["opens_at"],
        "closes_at": phase["closes_at"],
        "turns_in_s": min((at - now).total_seconds() for at in ahead) if ahead else None,
    }
