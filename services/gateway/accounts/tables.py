"""Teams, tokens and sessions in Postgres. Only the hashes of tokens and sessions are stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.words.scopes import TEAM_SCOPES, PersonRole, Scope, TokenRole
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.accounts") / "queries.sql")


@dataclass(frozen=True)
class BearerRow:
    """Who owns a token, or a session that was given for it; a team with its name and its competition's slug.

    `token` is its name, and `person` is called by their name, if it is somebody's own.
    """

    role: TokenRole
    token: str
    scopes: list[str]
    team_id: UUID | None
    competition_id: UUID | None
    team: str | None
    slug: str | None
    person_id: UUID | None
    person: str | None


@dataclass(frozen=True)
class PersonSessionRow:
    """Who signed in as a person, and for which team they act, if they are in one."""

    person_role: PersonRole
    team_id: UUID | None
    competition_id: UUID | None
    team: str | None
    slug: str | None
    person_id: UUID
    person: str


@dataclass(frozen=True)
class TokenRow:
    """What is stored of a token, without its hash."""

    id: UUID
    role: TokenRole
    team: str | None
    competition: str | None
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class RevokedTokenRow:
    """When a token was revoked."""

    id: UUID
    revoked_at: datetime


@dataclass(frozen=True)
class TeamRow:
    """A team, how much it has submitted, and by phase the `quotas` set for it alone."""

    name: str
    created_at: datetime
    submissions: int
    submitted_at: datetime | None
    quotas: list[dict[str, Any]]


async def put_token(pool: Pool, token_hash: bytes, *, role: TokenRole, name: str, scopes: Iterable[Scope]) -> None:
    """Add a token from the settings, unless it is there; one that was revoked stays so."""
    await queries.put_token(pool, hash=token_hash, role=role, name=name, scopes=sorted(scopes))


async def find_token(pool: Pool, token_hash: bytes) -> BearerRow | None:
    """Return the owner of a token; None if it is unknown or revoked."""
    return await fetch_one(BearerRow, queries.find_token(pool, hash=token_hash))


async def find_session(pool: Pool, session_hash: bytes) -> BearerRow | None:
    """Return the owner of a session; None if it has expired or its token was revoked."""
    return await fetch_one(BearerRow, queries.find_session(pool, hash=session_hash))


async def find_person_session(pool: Pool, session_hash: bytes) -> PersonSessionRow | None:
    """Return the person of a session; None if it has expired, or was given for a token."""
    return await fetch_one(PersonSessionRow, queries.find_person_session(pool, hash=session_hash))


async def add_session(pool: Pool, session_hash: bytes, token_hash: bytes, days: int) -> bool:
    """Start a session of `days` days for the owner of a valid token; returns whether the token is valid."""
    row = await queries.add_session(pool, hash=session_hash, token_hash=token_hash, days=days)
    return row is not None


async def end_session(pool: Pool, session_hash: bytes) -> None:
    """End a session."""
    await queries.end_session(pool, hash=session_hash)


async def create_team(pool: Pool, competition_id: UUID, name: str, token_hash: bytes) -> bool:
    """Create a team with its first token; returns False if the name is taken."""
    row = await queries.create_team(
        pool, competition_id=competition_id, name=name, hash=token_hash, scopes=sorted(TEAM_SCOPES)
    )
    return row is not None


async def find_team(pool: Pool, competition_id: UUID, name: str) -> UUID | None:
    """Return the id of a competition's team by its name."""
    team_id: UUID | None = await queries.find_team(pool, competition_id=competition_id, name=name)
    return team_id


async def list_teams(pool: Pool, competition_id: UUID, after: str | None, size: int) -> list[TeamRow]:
    """Return up to `size` teams of a competition by name, those after `after` if given."""
    return await fetch_all(TeamRow, queries.list_teams(pool, competition_id=competition_id, after=after, size=size))


async def revoke_team_tokens(connection: Connection, team_id: UUID) -> None:
    """Revoke every token that a team has."""
    await queries.revoke_team_tokens(connection, team_id=team_id)


async def add_token(
    where: PoolOrConnection,
    token_hash: bytes,
    *,
    role: TokenRole,
    team_id: UUID | None = None,
    name: str = "",
    scopes: Iterable[Scope],
) -> UUID:
    """Add a token; returns its id."""
    token_id: UUID = await queries.add_token(
        where, hash=token_hash, role=role, team_id=team_id, name=name, scopes=sorted(scopes)
    )
    return token_id


async def list_tokens(pool: Pool, after: tuple[datetime, UUID] | None, size: int) -> list[TokenRow]:
    """Return up to `size` tokens, oldest first, those after `after` (creation time, id) if given."""
    made_at, token_id = after or (None, None)
    return await fetch_all(TokenRow, queries.list_tokens(pool, after=made_at, after_id=token_id, size=size))


async def revoke_token(pool: Pool, token_id: UUID) -> RevokedTokenRow | None:
    """Revoke a token. One that was revoked before keeps that time. None if there is no such token."""
    return await fetch_one(RevokedTokenRow, queries.revoke_token(pool, id=token_id))
