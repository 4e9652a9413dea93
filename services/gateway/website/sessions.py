"""Signing in: a token is entered once, and from then on a cookie identifies the viewer."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from services.gateway.accounts.callers import SESSION_COOKIE, TOKEN_BYTES, Anyone, Caller, check_origin, hash_token
from services.gateway.accounts.tables import add_session, end_session
from services.gateway.dependencies import WithPool, WithSettings
from services.gateway.website.rendering import render
from services.gateway.website.viewers import viewer_of

router = APIRouter(include_in_schema=False)
SESSION_DAYS = 14
TOKEN_CHARS = 200
HERE = "/"


@router.get("/sign-in")
async def sign_in_page(caller: Anyone, settings: WithSettings, to: str = HERE) -> Response:
    """Ask who it is: by a link, at a provider or with a token; afterwards go on to the page `to`."""
    return show_sign_in(caller, settings.oidc_host, to=local(to))


def show_sign_in(
    caller: Caller,
    provider: str | None,
    *,
    to: str,
    fault: str | None = None,
    email_fault: str | None = None,
    status: int = 200,
) -> Response:
    """Return the page to sign in at, with what was wrong with the token or the address."""
    return render(
        "sign_in.html.j2", viewer_of(caller), to=to, fault=fault, email_fault=email_fault, provider=provider,
        status=status,
    )  # fmt: skip


@router.post("/sign-in")
async def sign_in(
    request: Request,
    pool: WithPool,
    settings: WithSettings,
    caller: Anyone,
    token: Annotated[str, Form(max_length=TOKEN_CHARS)],
    to: Annotated[str, Form()] = HERE,
) -> Response:
    """Give the browser a session for a valid token."""
    check_origin(request)
    session = secrets.token_urlsafe(TOKEN_BYTES)
    if not await add_session(pool, hash_token(session), hash_token(token.strip()), SESSION_DAYS):
        fault = "No team or organizer has this token, or it was revoked. Copy all of it again; it begins with arena_."
        return show_sign_in(caller, settings.oidc_host, to=local(to), fault=fault, status=401)
    response = RedirectResponse(local(to), 303)
    set_session_cookie(response, request, session)
    return response


def set_session_cookie(response: Response, request: Request, session: str) -> None:
    """Let the browser keep a session; scripts cannot read it, and other sites cannot use it."""
    response.set_cookie(
        SESSION_COOKIE,
        session,
        max_age=SESSION_DAYS * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


@router.post("/sign-out")
async def sign_out(request: Request, pool: WithPool) -> Response:
    """End the browser's session."""
    if session := request.cookies.get(SESSION_COOKIE):
        await end_session(pool, hash_token(session))
    response = RedirectResponse(HERE, 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def local(address: str) -> str:
    r"""Return an address if it is on this site, else the home page.

    Browsers read `//` and `\` as another host, and pass over tabs and ends of lines, so that `/<TAB>/` is `//`.
    """
    is_here = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if is_here and address.isprintable() else HERE
