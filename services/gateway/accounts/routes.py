"""Teams and tokens. A token is random, shown in one answer and stored as its hash."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from arena.words.names import Name
from arena.words.scopes import ORGANIZER_SCOPES, TEAM_SCOPES, Scope
from services.gateway.accounts.callers import (
    Organizer,
    Registrar,
    hash_token,
    make_token,
)
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin", tags=["accounts"])
Body = dict[str, Any]
TokenName = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class NewTeam(BaseModel):
    """A team to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name


class NewToken(BaseModel):
    """A token to be; its name is for whoever revokes it one day. Without scopes it has all that its role may have."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: TokenName = ""
    scopes: Annotated[list[Scope], Field(min_length=1)] | None = None


@router.get("/competitions/{slug}/teams")
async def list_teams(slug: str, parts: WithParts, _: Organizer) -> Body:
    """Return the teams of a competition, with how much they submitted and the quotas that are theirs alone."""
    competition = await find_competition(parts, slug)
    return {"teams": [dict(row) async for row in queries.list_teams(parts.pool, competition_id=competition["id"])]}


@router.post("/competitions/{slug}/teams", status_code=201)
async def create_team(slug: str, body: NewTeam, parts: WithParts, _: Registrar) -> Body:
    """Create a team; its token is in this answer and nowhere else."""
    competition = await find_competition(parts, slug)
    token = make_token()
    row = await queries.create_team(
        parts.pool,
        competition_id=competition["id"],
        name=body.name,
        hash=hash_token(token),
        scopes=sorted(TEAM_SCOPES),
    )
    if row is None:
        raise Problem(409, f"There is a team {body.name!r} already; POST to its /token for a new token.")
    return {"team": body.name, "token": token}


@router.post("/competitions/{slug}/teams/{team}/token", status_code=201)
async def renew_team_token(slug: str, team: str, parts: WithParts, _: Registrar) -> Body:
    """Revoke all of a team's tokens and give it a new one."""
    team_id = await _find_team(parts, slug, team)
    token = make_token()
    async with parts.pool.acquire() as connection, connection.transaction():
        await queries.revoke_team_tokens(connection, team_id=team_id)
        await queries.add_token(
            connection, hash=hash_token(token), role="team", team_id=team_id, name="", scopes=sorted(TEAM_SCOPES)
        )
    return {"team": team, "token": token}


@router.post("/competitions/{slug}/teams/{team}/tokens", status_code=201)
async def add_team_token(slug: str, team: str, body: NewToken, parts: WithParts, _: Registrar) -> Body:
    """Give a team one more token, perhaps of fewer scopes."""
    scopes = _check_scopes(body, TEAM_SCOPES, "team")
    team_id = await _find_team(parts, slug, team)
    return {"team": team, **await _add(parts, body, scopes, "team", team_id)}


@router.post("/tokens", status_code=201)
async def add_organizer_token(body: NewToken, parts: WithParts, caller: Registrar) -> Body:
    """Make a token for an organizer, with no scope that the caller's does not have."""
    scopes = _check_scopes(body, ORGANIZER_SCOPES & caller.scopes, "organizer")
    return await _add(parts, body, scopes, "organizer", None)


@router.get("/tokens")
async def list_tokens(parts: WithParts, _: Organizer) -> Body:
    """Return every token but for the token itself."""
    return {"tokens": [dict(row) async for row in queries.list_tokens(parts.pool)]}


@router.delete("/tokens/{token_id}")
async def revoke_token(token_id: UUID, parts: WithParts, _: Registrar) -> Body:
    """Revoke a token; it is refused from now on. Revoking twice is the same as once."""
    row = await queries.revoke_token(parts.pool, id=token_id)
    if row is None:
        raise Problem(404, f"There is no token {token_id}.")
    return dict(row)


def _check_scopes(body: NewToken, allowed: frozenset[Scope], role: str) -> frozenset[Scope]:
    scopes = allowed if body.scopes is None else frozenset(body.scopes)
    if not scopes <= allowed:
        raise Problem(
            422,
            f"Expected scopes of {', '.join(sorted(allowed))} for this {role} token, got {', '.join(sorted(scopes))}.",
        )
    return scopes


async def _add(parts: Parts, body: NewToken, scopes: frozenset[Scope], role: str, team_id: UUID | None) -> Body:
    token = make_token()
    token_id = await queries.add_token(
        parts.pool, hash=hash_token(token), role=role, team_id=team_id, name=body.name, scopes=sorted(scopes)
    )
    return {"id": str(token_id), "name": body.name, "scopes": sorted(scopes), "token": token}


async def _find_team(parts: Parts, slug: str, name: str) -> UUID:
    competition = await find_competition(parts, slug)
    team_id: UUID | None = await queries.find_team(parts.pool, competition_id=competition["id"], name=name)
    if team_id is None:
        raise Problem(404, f"There is no team {name!r} in {slug}.")
    return team_id
