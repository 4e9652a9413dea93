"""Begins a session for a person, and registers them for what they asked for."""

import secrets
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse

from arena.words.problems import ProblemCode
from arena.words.scopes import RegistrationState
from services.gateway.accounts.callers import TOKEN_BYTES, hash_token
from services.gateway.people import tables
from services.gateway.people.registration import decide_state, version_of
from services.gateway.people.tables import CompetitionRules
from services.gateway.problems import Problem
from services.gateway.website.sessions import SESSION_DAYS, local, set_session_cookie
from shared.database import Connection, PoolOrConnection


async def find_open(where: PoolOrConnection, slug: str, email: str, rules_version: str) -> CompetitionRules:
    """Return a competition for which this address may register. Raises Problem 404 or 409."""
    found = await tables.find_rules(where, slug)
    if found is None:
        raise Problem(ProblemCode.NO_SUCH_COMPETITION, f"There is no competition {slug!r}.")
    settings = found.settings
    if decide_state(settings, email) is None:
        why = (
            "only with an address in " + ", ".join(settings.domains) if settings.open else "only through its organizer"
        )
        raise Problem(ProblemCode.REGISTRATION_CLOSED, f"People register for {slug} {why}.")
    current = version_of(settings.rules)
    if rules_version != current:
        raise Problem(
            ProblemCode.RULES_CHANGED,
            "The rules have changed meanwhile. Load the page again, read them, and accept them.",
            rules_version=current,
        )
    return found


async def register(
    connection: PoolOrConnection, competition: CompetitionRules, person_id: UUID, email: str, rules_version: str
) -> RegistrationState:
    """Register a person for a competition, if it still takes them; returns how the registration stands."""
    state = decide_state(competition.settings, email)
    if state is None:
        return "refused"
    return await tables.register(connection, competition.id, person_id, state, rules_version)


async def begin_session(connection: Connection, request: Request, person_id: UUID, to: str) -> RedirectResponse:
    """Sign a person in, and send the browser on to a page of this site."""
    session = secrets.token_urlsafe(TOKEN_BYTES)
    await tables.add_person_session(connection, hash_token(session), person_id, SESSION_DAYS)
    response = RedirectResponse(local(to), 303)
    set_session_cookie(response, request, session)
    return response
