"""Signing in at a provider of OpenID Connect: the way there, and the way back."""

import secrets
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Anyone, Caller, hash_token
from services.gateway.dependencies import WithPool, WithProvider
from services.gateway.people import tables
from services.gateway.people.provider import (
    ProvenPerson,
    Provider,
    ProviderAnswer,
    ProviderRefused,
    ProviderUnavailable,
    new_secret,
)
from services.gateway.people.signing_in import begin_session
from services.gateway.problems import Problem
from services.gateway.website.sessions import local, show_sign_in
from shared.database import Pool

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)
COOKIE = "arena_provider"
LIFETIME_S = 600
PATH = "/sign-in/provider"
Text = Annotated[str | None, Query(max_length=4000)]


@router.get("/sign-in/provider")
async def go_to_provider(request: Request, pool: WithPool, provider: WithProvider, to: str = "/") -> Response:
    """Send the browser to the provider, with a state that only this browser can bring back."""
    known = _known(provider)
    state, secret = secrets.token_urlsafe(32), new_secret()
    try:
        address = await known.begin(state, secret)
    except ProviderUnavailable as error:
        raise _unavailable(error) from error
    async with pool.acquire() as connection, connection.transaction():
        await tables.add_provider_sign_in(connection, hash_token(f"{state}.{secret}"), local(to), LIFETIME_S)
    response = RedirectResponse(address, 303)
    is_secure = request.url.scheme == "https"
    # Lax, because the way back begins at the provider's page.
    response.set_cookie(COOKIE, secret, max_age=LIFETIME_S, path=PATH, httponly=True, samesite="lax", secure=is_secure)
    return response


@router.get("/sign-in/provider/back")
async def come_back(
    request: Request,
    pool: WithPool,
    provider: WithProvider,
    caller: Anyone,
    state: Text = None,
    code: Text = None,
    iss: Text = None,
    error: Text = None,
) -> Response:
    """Sign in whom the provider has let in, if this browser went there, and once only."""
    known, secret = _known(provider), request.cookies.get(COOKIE, "")
    async with pool.acquire() as connection:
        to = await tables.take_provider_sign_in(connection, hash_token(f"{state}.{secret}"))
    try:
        if to is None:
            raise ProviderRefused("This sign-in was not begun in this browser, is over, or took too long. Begin again.")
        proven = await known.finish(ProviderAnswer(code, state or "", iss, error), secret)
        response = await _sign_in(pool, request, known, proven, to)
    except ProviderRefused as refused:
        log.warning("sign-in at the provider refused", reason=str(refused))
        response = _refused(caller, known, str(refused))
    except ProviderUnavailable as failure:
        raise _unavailable(failure) from failure
    response.delete_cookie(COOKIE, path=PATH)
    return response


async def _sign_in(pool: Pool, request: Request, provider: Provider, proven: ProvenPerson, to: str) -> Response:
    """Begin a session of the person whom the provider means: the one it meant before, else the one with the address."""
    async with pool.acquire() as connection, connection.transaction():
        person_id = await tables.find_identity(connection, provider.issuer, proven.subject)
        if person_id is None:
            person_id = await tables.confirm_person(connection, proven.email, proven.name)
            await tables.add_identity(connection, provider.issuer, proven.subject, person_id)
        return await begin_session(connection, request, person_id, to)


def _known(provider: Provider | None) -> Provider:
    if provider is None:
        raise Problem(ProblemCode.NO_SUCH_ADDRESS, "This platform knows no provider; sign in by a link or a token.")
    return provider


def _refused(caller: Caller, provider: Provider, fault: str) -> Response:
    return show_sign_in(caller, provider.host, to="/", fault=fault, status=401)


def _unavailable(error: ProviderUnavailable) -> Problem:
    log.error("the provider of OpenID Connect is unavailable", error=str(error))
    return Problem(
        ProblemCode.UNAVAILABLE, "The provider does not answer as it should; try again, or sign in by a link.",
        retry_after_s=5,
    )  # fmt: skip
