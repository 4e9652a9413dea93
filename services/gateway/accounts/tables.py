"""Teams, tokens and sessions in Postgres. Of a token or a session only the hash is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

from arena.words.scopes import TEAM_SCOPES, Scope
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.accounts") / "queries.sql")


@dataclass(frozen=True)
class BearerRow:
    """Whose a token or a session is."""

    role: Literal["team", "organizer"]
    scopes: list[str]
    team_id: UUID | None
    competition_id: UUID | None


@dataclass(frozen=True)
class TokenRow:
    """A token but for the token itself."""

    id: UUID
    role: Literal["team", "organizer"]
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
    """A team with what it has submitted; `quotas` are its own, by phase."""

    name: str
    created_at: datetime
    submissions: int
    submitted_at: datetime | None
    quotas: list[dict[str, Any]]


@dataclass(frozen=True)
class TeamNameRow:
    """A team's name, and the slug of its competition."""

    team: str
    slug: str


async def put_organizer_token(pool: Pool, token_hash: bytes) -> None:
    """Make the token of the settings an organizer's."""
    await queries.put_organizer_token(pool, hash=token_hash)


async def find_token(pool: Pool, token_hash: bytes) -> BearerRow | None:
    """Return whose token this is, while it is good."""
    return await fetch_one(BearerRow, queries.find_token(pool, hash=token_hash))


async def find_session(pool: Pool, session_hash: bytes) -> BearerRow | None:
    """Return whose session this is, while it and its token are good."""
    return await fetch_one(BearerRow, queries.find_session(pool, hash=session_hash))


async def add_session(pool: Pool, session_hash: bytes, token_hash: bytes, days: int) -> bool:
    """Sign in whoever has a good token; tells whether the token is one."""
    row = await queries.add_session(pool, hash=session_hash, token_hash=token_hash, days=days)
    return row is not None


async def end_session(pool: Pool, session_hash: bytes) -> None:
    """Sign out."""
    await queries.end_session(pool, hash=session_hash)


async def create_team(pool: Pool, competition_id: UUID, name: str, token_hash: bytes) -> bool:
    """Create a team with its first token; tells whether the name was free."""
    row = await queries.create_team(
        pool, competition_id=competition_id, name=name, hash=token_hash, scopes=sorted(TEAM_SCOPES)
    )
    return row is not None


async def find_team(pool: Pool, competition_id: UUID, name: str) -> UUID | None:
    """Return the id of a competition's team of this name."""
    team_id: UUID | None = await queries.find_team(pool, competition_id=competition_id, name=name)
    return team_id


async def find_team_name(pool: Pool, team_id: UUID) -> TeamNameRow:
    """Return what a team is called."""
    row = await fetch_one(TeamNameRow, queries.find_viewer(pool, team_id=team_id))
    assert row is not None  # noqa: S101 - a team is never deleted while a token of it is good
    return row


async def list_teams(pool: Pool, competition_id: UUID, after: str | None, size: int) -> list[TeamRow]:
    """Return so many teams of a competition after a name."""
    return await fetch_all(TeamRow, queries.list_teams(pool, competition_id=competition_id, after=after, size=size))


async def revoke_team_tokens(connection: Connection, team_id: UUID) -> None:
    """Revoke every token that a team has."""
    await queries.revoke_team_tokens(connection, team_id=team_id)


async def add_token(
    where: PoolOrConnection,
    token_hash: bytes,
    *,
    role: Literal["team", "organizer"],
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
    """Return so many tokens after the one of this time and id, in the order in which they were made."""
    made_at, token_id = after or (None, None)
    return await fetch_all(TokenRow, queries.list_tokens(pool, after=made_at, after_id=token_id, size=size))


async def revoke_token(pool: Pool, token_id: UUID) -> RevokedTokenRow | None:
    """Revoke a token; the first time that it is revoked counts."""
    return await fetch_one(RevokedTokenRow, queries.revoke_token(pool, id=token_id))
