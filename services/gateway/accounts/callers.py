"""Who sends a request, and what they may do.

That is nobody known, a person without a team, a team, an organizer or a runner, with the scopes of their token or role.
A judge is an organizer who may only look.
"""

import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from starlette.requests import HTTPConnection

from arena.words.problems import ProblemCode
from arena.words.scopes import ORGANIZER_SCOPES, TEAM_SCOPES, Scope, TokenRole
from services.gateway.accounts.tables import (
    BearerRow,
    PersonSessionRow,
    find_person_session,
    find_session,
    find_token,
)
from services.gateway.problems import Problem
from shared.database import Pool

BEARER = "bearer "
WEBSOCKET_PROTOCOL = "arena.bearer"
"""A browser cannot set headers on a WebSocket: it offers the protocols `arena.bearer` and its token."""
TOKEN_PREFIX = "arena_"  # noqa: S105 - it makes a token that leaked recognizable to scanners
TOKEN_BYTES = 32
SESSION_COOKIE = "arena_session"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Caller:
    """Who sent a request; a team belongs to one competition, and `slug` is that competition's.

    `token` is the name of the token. Somebody's own token, or a session in which they signed in themselves, has their
    `person_id`. `session` is the hash of such a session.
    """

    role: Literal["anyone", "person"] | TokenRole
    scopes: frozenset[Scope] = frozenset()
    team_id: UUID | None = None
    competition_id: UUID | None = None
    team: str | None = None
    slug: str | None = None
    token: str = ""
    person_id: UUID | None = None
    person: str | None = None
    session: bytes | None = None


NOBODY = Caller("anyone")


def make_token() -> str:
    """Return a new random token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """Return the hash under which a token is stored."""
    return hashlib.sha256(token.encode()).digest()


async def identify(connection: HTTPConnection, pool: Pool) -> Caller:
    """Return who sent a request. Raises Problem 401 if the token is unknown or revoked.

    An expired session counts as no token. A session's cookie says who sits at the browser, not which page sent the
    request. So a request that changes something must come from one of our own pages: else Problem 403.
    """
    token = _token(connection)
    if token is not None:
        bearer = await find_token(pool, hash_token(token))
        if bearer is None:
            raise Problem(ProblemCode.INVALID_TOKEN, "The token is not known here, or was revoked.")
        return _token_caller(bearer)
    session = connection.cookies.get(SESSION_COOKIE)
    caller = await _session_caller(pool, hash_token(session)) if session else None
    if caller is None:
        return NOBODY
    if connection.scope["type"] == "websocket" or connection.scope["method"] not in SAFE_METHODS:
        check_origin(connection)
    return caller


async def _session_caller(pool: Pool, session: bytes) -> Caller | None:
    bearer = await find_session(pool, session)
    if bearer is not None:
        return _token_caller(bearer)
    row = await find_person_session(pool, session)
    return None if row is None else _person_caller(row, session)


def _token_caller(row: BearerRow) -> Caller:
    return Caller(
        row.role,
        frozenset(Scope(each) for each in row.scopes),
        row.team_id,
        row.competition_id,
        row.team,
        row.slug,
        row.token,
        row.person_id,
        row.person,
    )


def _person_caller(row: PersonSessionRow, session: bytes) -> Caller:
    person = Caller("person", person_id=row.person_id, person=row.person, session=session)
    if row.person_role != "member":
        scopes = ORGANIZER_SCOPES if row.person_role == "organizer" else frozenset({Scope.READ})
        return replace(person, role="organizer", scopes=scopes)
    if row.team_id is None:
        return person
    return replace(
        person,
        role="team",
        scopes=TEAM_SCOPES,
        team_id=row.team_id,
        competition_id=row.competition_id,
        team=row.team,
        slug=row.slug,
    )


def check_origin(connection: HTTPConnection) -> None:
    """Raise Problem 403 unless the browser says that the request comes from a page of this site."""
    headers = connection.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site != "same-origin" and (site is not None or origin is None or urlsplit(origin).netloc != headers.get("host")):
        raise Problem(
            ProblemCode.OTHER_SITE,
            f"Expected a request from a page of this site, got one from {origin or 'elsewhere'}.",
        )


def _token(connection: HTTPConnection) -> str | None:
    header = connection.headers.get("authorization")
    if header is not None:
        if not header.lower().startswith(BEARER):
            raise Problem(ProblemCode.INVALID_TOKEN, "Expected an Authorization header of the form 'Bearer TOKEN'.")
        return header[len(BEARER) :].strip()
    protocols = [each.strip() for each in connection.headers.get("sec-websocket-protocol", "").split(",")]
    if len(protocols) == 2 and protocols[0] == WEBSOCKET_PROTOCOL:
        return protocols[1]
    return None


async def _caller(connection: HTTPConnection) -> Caller:  # else FastAPI would call it in a thread
    caller: Caller = connection.state.caller  # put there by the request guard
    return caller


Anyone = Annotated[Caller, Depends(_caller)]


class CallerCheck(ABC):
    """A dependency that admits some callers and answers the others with Problem 401 or 403."""

    @abstractmethod
    def describe(self) -> str:
        """Return a sentence that says whom it admits."""


class ScopeCheck(CallerCheck):
    """A dependency that admits callers with the scope that `needed` asks of their role.

    Others get Problem 401 or 403.
    """

    def __init__(self, needed: Mapping[str, Scope | None]) -> None:
        self.needed = needed

    async def __call__(self, caller: Anyone) -> Caller:
        """Return the caller. Raises Problem 401 without a token, 403 with one that is not enough."""
        if caller.role == "anyone":
            raise Problem(
                ProblemCode.NO_TOKEN,
                "This needs a token; send it as 'Authorization: Bearer TOKEN', or sign in at /sign-in.",
            )
        scope = self.needed.get(caller.role)
        if scope is None and caller.role == "person":
            raise Problem(
                ProblemCode.WRONG_ROLE,
                "You are signed in, and in no team yet: create or join one on the page of your account, /account.",
                role=caller.role,
            )
        if scope is None:
            who = " and ".join(f"{role}s" for role, needed in self.needed.items() if needed)
            whose = f"{'an' if caller.role == 'organizer' else 'a'} {caller.role}'s"
            raise Problem(ProblemCode.WRONG_ROLE, f"This is for {who}, and the token is {whose}.", role=caller.role)
        if scope not in caller.scopes:
            raise Problem(
                ProblemCode.MISSING_SCOPE,
                f"This needs a token with the scope '{scope}'." if caller.session is None else "Judges may only look.",
                scope=scope,
            )
        return caller

    def describe(self) -> str:
        """Return a sentence that says which tokens will do."""
        who = [f"{role}'s token with the scope `{scope}`" for role, scope in self.needed.items() if scope]
        return f"Needs a {' or an '.join(who)}."


@dataclass(frozen=True)
class SignedIn:
    """A person in a session of their own, by its hash."""

    id: UUID
    session: bytes
    caller: Caller


class SignInCheck(CallerCheck):
    """A dependency that admits people who signed in themselves.

    Their tokens will not do: whoever finds one could otherwise take over the account, or delete it.
    """

    async def __call__(self, caller: Anyone) -> SignedIn:
        """Return who is signed in. Raises Problem 401 or 403."""
        if caller.person_id is not None and caller.session is not None:
            return SignedIn(caller.person_id, caller.session, caller)
        if caller.role == "anyone":
            raise Problem(ProblemCode.NO_TOKEN, "This is for people who are signed in; sign in at /sign-in.")
        raise Problem(
            ProblemCode.WRONG_ROLE,
            "This is for people who signed in with a link or at their provider, and not with a token.",
            role=caller.role,
        )

    def describe(self) -> str:
        """Return a sentence that says whom it admits."""
        return "Needs a session of a person who signed in with a link or at a provider; a token will not do."


def find_caller_check(dependant: Dependant) -> CallerCheck | None:
    """Return the check that a route makes of its caller; None if anyone may call it."""
    return next(_caller_checks(dependant), None)


def _caller_checks(dependant: Dependant) -> Iterator[CallerCheck]:
    for each in dependant.dependencies:
        if isinstance(each.call, CallerCheck):
            yield each.call
        yield from _caller_checks(each)


def require_scope(
    *, team: Scope | None = None, organizer: Scope | None = None, runner: Scope | None = None
) -> ScopeCheck:
    """Return a dependency that admits those roles for which a scope is given, if their token has it."""
    return ScopeCheck({"team": team, "organizer": organizer, "runner": runner})


Member = Annotated[Caller, Depends(require_scope(team=Scope.READ, organizer=Scope.READ))]
"""Teams and organizers who look."""
Actor = Annotated[Caller, Depends(require_scope(team=Scope.SUBMIT, organizer=Scope.MANAGE))]
"""Teams and organizers who change a submission."""
Team = Annotated[Caller, Depends(require_scope(team=Scope.SUBMIT))]
"""Teams who submit."""
Organizer = Annotated[Caller, Depends(require_scope(organizer=Scope.READ))]
"""Organizers who look."""
Manager = Annotated[Caller, Depends(require_scope(organizer=Scope.MANAGE))]
"""Organizers who change competitions and control their phases."""
Registrar = Annotated[Caller, Depends(require_scope(organizer=Scope.ACCOUNTS))]
"""Organizers who create teams and tokens."""
Runner = Annotated[Caller, Depends(require_scope(runner=Scope.BLOBS_READ))]
"""Runners who fetch blobs."""
Person = Annotated[SignedIn, Depends(SignInCheck())]
"""People who are signed in."""
