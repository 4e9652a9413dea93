"""People and their teams: to create, join and leave one, to invite others, and tokens of one's own."""

import secrets
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter

from arena.api.accounts import IssuedToken, RevokedToken
from arena.api.people.own_account import AcceptedInvitation, Invitation, Me, NewOwnTeam, NewOwnToken
from arena.api.problems import InvalidField
from arena.words.problems import ProblemCode
from arena.words.scopes import TEAM_SCOPES
from services.gateway.accounts.callers import TOKEN_BYTES, Person, SignedIn, hash_token, make_token
from services.gateway.dependencies import WithPool, WithSettings
from services.gateway.own_teams import tables as team_tables
from services.gateway.own_teams.tables import InvitationRow, MembershipRow
from services.gateway.people import tables
from services.gateway.people.own_account import find_me
from services.gateway.problems import Problem, invalid_request
from shared.database import Connection, PoolOrConnection

router = APIRouter(prefix="/api/v1/me", tags=["people"])
MEMBERS_LIMIT = 20
INVITATIONS_LIMIT = 20
TOKENS_LIMIT = 50
INVITATION_LIFETIME_S = 7 * 24 * 3600


@router.post("/competitions/{slug}/team", status_code=201)
async def create_own_team(slug: str, body: NewOwnTeam, pool: WithPool, person: Person) -> Me:
    """Create a team, and be its first member."""
    competition = await tables.find_rules(pool, slug)
    if competition is None:
        raise Problem(ProblemCode.NO_SUCH_COMPETITION, f"There is no competition {slug!r}.")
    async with pool.acquire() as connection, connection.transaction():
        await _check_may_join(connection, competition.id, person.id, slug)
        team_id = await team_tables.create_team(connection, competition.id, body.name)
        if team_id is None:
            raise Problem(ProblemCode.TEAM_EXISTS, f"There is already a team {body.name!r}; choose another name.")
        await _join(connection, competition.id, person.id, team_id)
        await team_tables.act_for(connection, person.session, team_id)
    return await find_me(pool, _acting(person, team_id))


@router.delete("/competitions/{slug}/team")
async def leave_own_team(slug: str, pool: WithPool, person: Person) -> Me:
    """Leave one's team. One's tokens for it are revoked; its submissions and scores stay with it."""
    own = await find_own_team(pool, slug, person.id)
    async with pool.acquire() as connection, connection.transaction():
        await team_tables.leave_team(connection, own.competition_id, person.id)
    return await find_me(pool, _acting(person, None))


@router.post("/competitions/{slug}/act")
async def act_for_own_team(slug: str, pool: WithPool, person: Person) -> Me:
    """Act for one's team in this competition from now on, in this browser."""
    own = await find_own_team(pool, slug, person.id)
    await team_tables.act_for(pool, person.session, own.team_id)
    return await find_me(pool, _acting(person, own.team_id))


@router.post("/competitions/{slug}/invitations", status_code=201)
async def invite_to_own_team(slug: str, pool: WithPool, settings: WithSettings, person: Person) -> Invitation:
    """Make a link that lets one person into one's team, within a week."""
    own = await find_own_team(pool, slug, person.id)
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    async with pool.acquire() as connection, connection.transaction():
        await team_tables.lock_teams(connection, [own.team_id])
        check_limit(await team_tables.count_invitations(connection, own.team_id), INVITATIONS_LIMIT, "open invitations")
        ends_at = await team_tables.add_invitation(
            connection, hash_token(secret), own.team_id, person.id, INVITATION_LIFETIME_S
        )
    return Invitation(url=f"{settings.public_url}/join?link={secret}", expires_at=ends_at)


@router.post("/invitations", status_code=201)
async def accept_invitation(body: AcceptedInvitation, pool: WithPool, person: Person) -> Me:
    """Join the team that an invitation names. It works once."""
    found = await find_invited(pool, body.link)
    async with pool.acquire() as connection, connection.transaction():
        await team_tables.lock_teams(connection, [found.team_id])
        await _check_may_join(connection, found.competition_id, person.id, found.slug)
        check_limit(await team_tables.count_members(connection, found.team_id), MEMBERS_LIMIT, "members of a team")
        if not await team_tables.take_invitation(connection, hash_token(body.link)):
            raise _no_such_invitation()
        await _join(connection, found.competition_id, person.id, found.team_id)
        await team_tables.act_for(connection, person.session, found.team_id)
    return await find_me(pool, _acting(person, found.team_id))


@router.post("/competitions/{slug}/tokens", status_code=201)
async def add_own_token(slug: str, body: NewOwnToken, pool: WithPool, person: Person) -> IssuedToken:
    """Create a token with which to act for one's team from the command line. It is shown in this answer only."""
    scopes = TEAM_SCOPES if body.scopes is None else frozenset(body.scopes)
    if not scopes <= TEAM_SCOPES:
        may, got = ", ".join(sorted(TEAM_SCOPES)), ", ".join(sorted(scopes))
        raise invalid_request(InvalidField(where="body.scopes", what=f"expected scopes of {may}, got {got}"))
    token = make_token()
    async with pool.acquire() as connection, connection.transaction():
        own = await find_own_team(connection, slug, person.id)
        await team_tables.lock_teams(connection, [own.team_id])
        own = await find_own_team(connection, slug, person.id)  # they may have left, or teams merged, meanwhile
        check_limit(await team_tables.count_own_tokens(connection, person.id), TOKENS_LIMIT, "valid tokens of a person")
        token_id = await team_tables.add_own_token(
            connection, hash_token(token), person.id, own.team_id, body.name, scopes
        )
    return IssuedToken(id=token_id, name=body.name, scopes=sorted(scopes), token=token)


@router.delete("/tokens/{token_id}")
async def revoke_own_token(token_id: UUID, pool: WithPool, person: Person) -> RevokedToken:
    """Revoke a token of one's own."""
    row = await team_tables.revoke_own_token(pool, token_id, person.id)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_TOKEN, f"You have no token {token_id}.")
    return RevokedToken.model_validate(row, from_attributes=True)


async def find_own_team(where: PoolOrConnection, slug: str, person_id: UUID) -> MembershipRow:
    """Return the team of a person in a competition. Raises Problem 409 if they are in none."""
    row = await team_tables.find_membership(where, slug, person_id)
    if row is None:
        raise Problem(ProblemCode.IN_NO_TEAM, f"You are in no team of {slug}; create one, or ask for an invitation.")
    return row


async def find_invited(where: PoolOrConnection, secret: str) -> InvitationRow:
    """Return into which team an invitation lets. Raises Problem 404 if it does not any more."""
    row = await team_tables.find_invitation(where, hash_token(secret))
    if row is None:
        raise _no_such_invitation()
    return row


def check_limit(count: int, limit: int, what: str) -> None:
    """Raise Problem 409 where one more would be too many."""
    if count >= limit:
        raise Problem(ProblemCode.LIMIT_REACHED, f"There may be {limit} {what}, and there are {count}.", limit=limit)


def _no_such_invitation() -> Problem:
    return Problem(
        ProblemCode.NO_SUCH_LINK, "This invitation was used already, or is too old; ask your team for a new one."
    )


async def _check_may_join(connection: Connection, competition_id: UUID, person_id: UUID, slug: str) -> None:
    state = await tables.find_registration(connection, competition_id, person_id)
    if state != "approved":
        raise Problem(ProblemCode.NOT_APPROVED, _NOT_APPROVED[state].format(slug=slug), state=state)
    own = await team_tables.find_membership(connection, slug, person_id)
    if own is not None:
        raise _in_team_already(own.team)


_NOT_APPROVED = {
    None: "You are not registered for {slug}; register first, at /register?competition={slug}.",
    "waiting": "Your registration for {slug} waits for an organizer's approval.",
    "refused": "Your registration for {slug} was refused.",
}


def _in_team_already(team: str) -> Problem:
    return Problem(ProblemCode.IN_TEAM_ALREADY, f"You are in the team {team!r} already; leave it first.")


async def _join(connection: Connection, competition_id: UUID, person_id: UUID, team_id: UUID) -> None:
    if not await team_tables.join_team(connection, competition_id, person_id, team_id):
        raise _in_team_already("that you have just joined")


def _acting(person: SignedIn, team_id: UUID | None) -> SignedIn:
    """Return who is signed in as they are after their session acts for another team."""
    return replace(person, caller=replace(person.caller, team_id=team_id))
