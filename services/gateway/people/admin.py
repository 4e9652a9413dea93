"""The organizers' routes for people: who waits for approval, and who is an organizer or a judge."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from arena.api.people.registrants import Decision, NewRole, Person, PersonPage, RegistrantPage
from arena.words.problems import ProblemCode
from arena.words.scopes import ORGANIZER_SCOPES, RegistrationState, Scope
from services.gateway.accounts.callers import Organizer, Registrar
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool, WithSettings
from services.gateway.notices.emails import queue_email
from services.gateway.own_teams import tables as team_tables
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page
from services.gateway.people import tables
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings
from shared.database import Pool

router = APIRouter(prefix="/api/v1/admin", tags=["people"])
TEXTS = {
    "approved": "You may take part in {competition}. Create a team, or join one by invitation, on the page of your "
    "account:\n\n{url}\n",
    "refused": "An organizer of {competition} has decided that you do not take part. If you think that this is a "
    "mistake, write to the organizers.\n",
}
StateFilter = Annotated[RegistrationState | None, Query(description="Only registrations that stand like this.")]


@router.get("/competitions/{slug}/people")
async def list_registrants(
    slug: str,
    pool: WithPool,
    _: Organizer,
    state: StateFilter = None,
    limit: PageLimit = PAGE_SIZE,
    cursor: Cursor = None,
) -> RegistrantPage:
    """Return who has registered for a competition, the oldest first; with `state=waiting`, who waits for approval."""
    competition = await find_competition(pool, slug)
    after = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await tables.list_registrants(pool, competition.id, state, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.id))
    return RegistrantPage(people=shown, next=following)


@router.post("/competitions/{slug}/people/{person_id}/approve")
async def approve_person(slug: str, person_id: UUID, pool: WithPool, settings: WithSettings, _: Registrar) -> Decision:
    """Let somebody take part who has registered. They are told by e-mail."""
    return await _decide(pool, settings, slug, person_id, "approved")


@router.post("/competitions/{slug}/people/{person_id}/refuse")
async def refuse_person(slug: str, person_id: UUID, pool: WithPool, settings: WithSettings, _: Registrar) -> Decision:
    """Let somebody not take part, or no longer: they leave their team, and their tokens for it are revoked."""
    return await _decide(pool, settings, slug, person_id, "refused")


@router.get("/people")
async def list_people(pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None) -> PersonPage:
    """Return everybody who signs in by themselves, the oldest first, with their roles."""
    after = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await tables.list_people(pool, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.id))
    return PersonPage(people=shown, next=following)


@router.put("/people/role")
async def put_role(body: NewRole, pool: WithPool, caller: Registrar) -> Person:
    """Make somebody a judge or an organizer, or a mere member again.

    Whoever has not signed in yet has the role once they do. Nobody can give, or take, more than they have.
    """
    if caller.scopes != ORGANIZER_SCOPES:
        lacking = ", ".join(sorted(ORGANIZER_SCOPES - caller.scopes))
        raise Problem(
            ProblemCode.MISSING_SCOPE, f"To give roles, a token needs all scopes; this one lacks {lacking}.",
            scope=min(ORGANIZER_SCOPES - caller.scopes, default=Scope.MANAGE),
        )  # fmt: skip
    return await tables.put_role(pool, body.email, body.role)


async def _decide(
    pool: Pool, settings: GatewaySettings, slug: str, person_id: UUID, state: Literal["approved", "refused"]
) -> Decision:
    competition = await find_competition(pool, slug)
    async with pool.acquire() as connection, connection.transaction():
        decided = await tables.decide(connection, competition.id, person_id, state)
        if decided is None:
            raise Problem(ProblemCode.NO_SUCH_PERSON, f"Nobody with the id {person_id} has registered for {slug}.")
        if state == "refused":
            await team_tables.leave_team(connection, competition.id, person_id)
        if decided.changed:
            await queue_email(
                connection,
                to=decided.email,
                subject=f"{competition.name}: your registration was {state}",
                text=TEXTS[state].format(competition=competition.name, url=f"{settings.public_url}/account"),
            )
    return Decision(email=decided.email, name=decided.name, state=state)
