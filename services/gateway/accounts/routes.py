"""Teams and tokens. A token is random; it is shown once, and only its hash is stored."""

from uuid import UUID

from fastapi import APIRouter

from arena.api.accounts import (
    IssuedTeamToken,
    IssuedToken,
    NewRunnerToken,
    NewTeam,
    NewToken,
    RevokedToken,
    Team,
    TeamPage,
    TeamToken,
    Token,
    TokenPage,
)
from arena.api.problems import InvalidField
from arena.words.problems import ProblemCode
from arena.words.scopes import ORGANIZER_SCOPES, RUNNER_SCOPES, TEAM_SCOPES, Scope, TokenRole
from services.gateway.accounts import tables
from services.gateway.accounts.callers import Organizer, Registrar, hash_token, make_token
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem, invalid_request
from shared.database import Pool

router = APIRouter(prefix="/api/v1/admin", tags=["accounts"])


@router.get("/competitions/{slug}/teams")
async def list_teams(
    slug: str, pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> TeamPage:
    """Return the teams of a competition, how much each has submitted, and quotas set for single teams."""
    competition = await find_competition(pool, slug)
    after = decode_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await tables.list_teams(pool, competition.id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.name,))
    return TeamPage(teams=[Team.model_validate(row, from_attributes=True) for row in shown], next=following)


@router.post("/competitions/{slug}/teams", status_code=201)
async def create_team(slug: str, body: NewTeam, pool: WithPool, _: Registrar) -> TeamToken:
    """Create a team. Its token is shown in this answer only."""
    competition = await find_competition(pool, slug)
    token = make_token()
    if not await tables.create_team(pool, competition.id, body.name, hash_token(token)):
        raise Problem(
            ProblemCode.TEAM_EXISTS, f"There is already a team {body.name!r}; POST to its /token for a new token."
        )
    return TeamToken(team=body.name, token=token)


@router.post("/competitions/{slug}/teams/{team}/token", status_code=201)
async def renew_team_token(slug: str, team: str, pool: WithPool, _: Registrar) -> TeamToken:
    """Revoke all of a team's tokens and give it a new one."""
    team_id = await _find_team(pool, slug, team)
    token = make_token()
    async with pool.acquire() as connection, connection.transaction():
        await tables.revoke_team_tokens(connection, team_id)
        await tables.add_token(connection, hash_token(token), role="team", team_id=team_id, scopes=TEAM_SCOPES)
    return TeamToken(team=team, token=token)


@router.post("/competitions/{slug}/teams/{team}/tokens", status_code=201)
async def add_team_token(slug: str, team: str, body: NewToken, pool: WithPool, _: Registrar) -> IssuedTeamToken:
    """Give a team another token, with all scopes of a team or fewer."""
    scopes = _check_scopes(body, TEAM_SCOPES, "team")
    team_id = await _find_team(pool, slug, team)
    issued = await _issue(pool, body.name, scopes, "team", team_id)
    return IssuedTeamToken(team=team, **issued.model_dump())


@router.post("/tokens", status_code=201)
async def add_organizer_token(body: NewToken, pool: WithPool, caller: Registrar) -> IssuedToken:
    """Create a token for an organizer. It cannot have a scope that the caller's own token lacks."""
    scopes = _check_scopes(body, ORGANIZER_SCOPES & caller.scopes, "organizer")
    return await _issue(pool, body.name, scopes, "organizer")


@router.post("/runner-tokens", status_code=201)
async def add_runner_token(body: NewRunnerToken, pool: WithPool, _: Registrar) -> IssuedToken:
    """Create a token with which runners fetch zips and data sets, and that is good for nothing else."""
    return await _issue(pool, body.name, RUNNER_SCOPES, "runner")


@router.get("/tokens")
async def list_tokens(pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None) -> TokenPage:
    """Return what is known of every token, but not the secret itself."""
    after = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    rows = await tables.list_tokens(pool, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.id))
    return TokenPage(tokens=[Token.model_validate(row, from_attributes=True) for row in shown], next=following)


@router.delete("/tokens/{token_id}")
async def revoke_token(token_id: UUID, pool: WithPool, _: Registrar) -> RevokedToken:
    """Revoke a token, which is refused from now on. Revoking it again changes nothing."""
    row = await tables.revoke_token(pool, token_id)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_TOKEN, f"There is no token {token_id}.")
    return RevokedToken.model_validate(row, from_attributes=True)


def _check_scopes(body: NewToken, allowed: frozenset[Scope], role: str) -> frozenset[Scope]:
    scopes = allowed if body.scopes is None else frozenset(body.scopes)
    if not scopes <= allowed:
        may, got = ", ".join(sorted(allowed)), ", ".join(sorted(scopes))
        what = f"expected scopes of {may} for this {role} token, got {got}"
        raise invalid_request(InvalidField(where="body.scopes", what=what))
    return scopes


async def _issue(
    pool: Pool, name: str, scopes: frozenset[Scope], role: TokenRole, team_id: UUID | None = None
) -> IssuedToken:
    token = make_token()
    token_id = await tables.add_token(pool, hash_token(token), role=role, team_id=team_id, name=name, scopes=scopes)
    return IssuedToken(id=token_id, name=name, scopes=sorted(scopes), token=token)


async def _find_team(pool: Pool, slug: str, name: str) -> UUID:
    competition = await find_competition(pool, slug)
    team_id = await tables.find_team(pool, competition.id, name)
    if team_id is None:
        raise Problem(ProblemCode.NO_SUCH_TEAM, f"There is no team {name!r} in {slug}.")
    return team_id
