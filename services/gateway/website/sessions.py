"""Signing in: a token is entered once, and from then on a cookie identifies the viewer."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from services.gateway.accounts.callers import SESSION_COOKIE, TOKEN_BYTES, Anyone, check_origin, hash_token
from services.gateway.accounts.tables import add_session, end_session
from services.gateway.dependencies import WithPool
from services.gateway.website.rendering import render
from services.gateway.website.viewers import viewer_of

router = APIRouter(include_in_schema=False)
SESSION_DAYS = 14
TOKEN_CHARS = 200
HERE = "/"


@router.get("/sign-in")
async def sign_in_page(caller: Anyone, to: str = HERE) -> Response:
    """Ask for a token; afterwards go on to the page `to`."""
    return render("sign_in.html.j2", viewer_of(caller), to=local(to), fault=None)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    pool: WithPool,
    caller: Anyone,
    token: Annotated[str, Form(max_length=TOKEN_CHARS)],
    to: Annotated[str, Form()] = HERE,
) -> Response:
    """Give the browser a session for a valid token."""
    check_origin(request)
    session = secrets.token_urlsafe(TOKEN_BYTES)
    if not await add_session(pool, hash_token(session), hash_token(token.strip()), SESSION_DAYS):
        fault = "No team or organizer has this token, or it was revoked. Copy all of it again; it begins with arena_."
        return render("sign_in.html.j2", viewer_of(caller), to=local(to), fault=fault, status=401)
    response = RedirectResponse(local(to), 303)
    response.set_cookie(
        SESSION_COOKIE,
        session,
        max_age=SESSION_DAYS * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, pool: WithPool) -> Response:
    """End the browser's session."""
    if session := request.cookies.get(SESSION_COOKIE):
        await end_session(pool, hash_token(session))
    response = RedirectResponse(HERE, 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def local(address: str) -> str:
    r"""Return an address if it is on this site, else the home page. Browsers read `//` and `\` as another host."""
    return (
        address if address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address else HERE
    )
