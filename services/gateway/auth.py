"""Who calls: nobody known, a team, or an organizer. Each route names the least it asks for."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.gateway import tables
from services.gateway.parts import WithParts
from services.gateway.problems import Problem

BEARER = "bearer "
WEBSOCKET_PROTOCOL = "arena.bearer"
"""A browser cannot set headers on a WebSocket: it offers the protocols `arena.bearer` and its token."""


@dataclass(frozen=True)
class Caller:
    """Whom a request comes from; a team belongs to one competition."""

    role: Literal["anyone", "team", "organizer"]
    team_id: UUID | None = None
    competition_id: UUID | None = None


def hash_token(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def _token(connection: HTTPConnection) -> str | None:
    header = connection.headers.get("authorization")
    if header is not None:
        if not header.lower().startswith(BEARER):
            raise Problem(401, "Expected an Authorization header of the form 'Bearer TOKEN'.")
        return header[len(BEARER) :].strip()
    protocols = [each.strip() for each in connection.headers.get("sec-websocket-protocol", "").split(",")]
    if len(protocols) == 2 and protocols[0] == WEBSOCKET_PROTOCOL:
        return protocols[1]
    return None


async def anyone(connection: HTTPConnection, parts: WithParts) -> Caller:
    """Let everyone in; a token that is given must be good."""
    token = _token(connection)
    if token is None:
        return Caller("anyone")
    row = await tables.find_token(parts.pool, hash_token(token))
    if row is None:
        raise Problem(401, "The token is not known here, or was revoked.")
    return Caller(row["role"], row["team_id"], row["competition_id"])


Anyone = Annotated[Caller, Depends(anyone)]


async def member(caller: Anyone) -> Caller:
    """Let in teams and organizers."""
    if caller.role == "anyone":
        raise Problem(401, "This needs a token; send it as 'Authorization: Bearer TOKEN'.")
    return caller


Member = Annotated[Caller, Depends(member)]


async def team(caller: Member) -> Caller:
    """Let in teams."""
    if caller.role != "team":
        raise Problem(403, "This is for teams; use a team's token.")
    return caller


async def organizer(caller: Member) -> Caller:
    """Let in organizers."""
    if caller.role != "organizer":
        raise Problem(403, "This is for organizers.")
    return caller


Team = Annotated[Caller, Depends(team)]
Organizer = Annotated[Caller, Depends(organizer)]
