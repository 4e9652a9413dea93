"""Teams of people in Postgres: members, invitations, their own tokens, and merging."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.competition_document import Registration
from arena.words.scopes import Scope
from services.gateway.accounts.tables import RevokedTokenRow
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.own_teams") / "queries.sql")


@dataclass(frozen=True)
class MembershipRow:
    """The team of a person in a competition."""

    competition_id: UUID
    registration: dict[str, Any]
    team_id: UUID
    team: str

    @property
    def merge_until(self) -> datetime | None:
        """Until when teams may merge."""
        return Registration.model_validate(self.registration).merge_until


@dataclass(frozen=True)
class InvitationRow:
    """Into which team an invitation lets, and who made it."""

    team_id: UUID
    team: str
    competition_id: UUID
    slug: str
    competition: str
    inviter: str


@dataclass(frozen=True)
class OwnTokenRow:
    """A valid token of a person."""

    id: UUID
    team_id: UUID | None
    name: str
    scopes: list[str]
    created_at: datetime


async def create_team(connection: Connection, competition_id: UUID, name: str) -> UUID | None:
    """Create a team without members and tokens; None if the name is taken."""
    team_id: UUID | None = await queries.create_own_team(connection, competition_id=competition_id, name=name)
    return team_id


async def find_other_team(where: PoolOrConnection, competition_id: UUID, name: str) -> UUID | None:
    """Return a team that takes part by its name."""
    team_id: UUID | None = await queries.find_other_team(where, competition_id=competition_id, name=name)
    return team_id


async def lock_teams(connection: Connection, team_ids: Iterable[UUID]) -> None:
    """Let changes of these teams, and their submissions, wait until the transaction ends."""
    for each in sorted(team_ids):
        await queries.lock_own_team(connection, team_id=each)


async def count_members(connection: Connection, team_id: UUID) -> int:
    """Return how many members a team has."""
    count: int = await queries.count_members(connection, team_id=team_id)
    return count


async def join_team(connection: Connection, competition_id: UUID, person_id: UUID, team_id: UUID) -> bool:
    """Make a person a member; False for one who is in another team already, or is not approved."""
    joined = await queries.join_team(connection, competition_id=competition_id, person_id=person_id, team_id=team_id)
    return joined is not None


async def find_membership(where: PoolOrConnection, slug: str, person_id: UUID) -> MembershipRow | None:
    """Return the team of a person in a competition."""
    return await fetch_one(MembershipRow, queries.find_membership(where, slug=slug, person_id=person_id))


async def leave_team(connection: Connection, competition_id: UUID, person_id: UUID) -> None:
    """Take a person out of their team, with their tokens and invitations."""
    await queries.leave_team(connection, competition_id=competition_id, person_id=person_id)


async def act_for(where: PoolOrConnection, session_hash: bytes, team_id: UUID) -> None:
    """Let a session act for one of its person's teams."""
    await queries.act_for(where, hash=session_hash, team_id=team_id)


async def count_invitations(connection: Connection, team_id: UUID) -> int:
    """Return how many invitations of a team are open."""
    count: int = await queries.count_invitations(connection, team_id=team_id)
    return count


async def add_invitation(
    connection: Connection, invitation_hash: bytes, team_id: UUID, made_by: UUID, lifetime_s: float
) -> datetime:
    """Keep an invitation; returns when it ends."""
    ends_at: datetime = await queries.add_invitation(
        connection, hash=invitation_hash, team_id=team_id, made_by=made_by, lifetime_s=lifetime_s
    )
    return ends_at


async def find_invitation(where: PoolOrConnection, invitation_hash: bytes) -> InvitationRow | None:
    """Return into which team an invitation lets; None if it was used or is too old."""
    return await fetch_one(InvitationRow, queries.find_invitation(where, hash=invitation_hash))


async def take_invitation(connection: Connection, invitation_hash: bytes) -> bool:
    """Use an invitation up; False if somebody else was faster."""
    return await queries.take_invitation(connection, hash=invitation_hash) is not None


async def list_own_tokens(pool: Pool, person_id: UUID) -> list[OwnTokenRow]:
    """Return the valid tokens of a person, the oldest first."""
    return await fetch_all(OwnTokenRow, queries.list_own_tokens(pool, person_id=person_id))


async def count_own_tokens(connection: Connection, person_id: UUID) -> int:
    """Return how many valid tokens a person has."""
    count: int = await queries.count_own_tokens(connection, person_id=person_id)
    return count


async def add_own_token(
    connection: Connection, token_hash: bytes, person_id: UUID, team_id: UUID, name: str, scopes: Iterable[Scope]
) -> UUID:
    """Add a token of a person, for their team; returns its id."""
    token_id: UUID = await queries.add_own_token(
        connection, hash=token_hash, person_id=person_id, team_id=team_id, name=name, scopes=sorted(scopes)
    )
    return token_id


async def revoke_own_token(pool: Pool, token_id: UUID, person_id: UUID) -> RevokedTokenRow | None:
    """Revoke a token of a person; None if it is not theirs."""
    return await fetch_one(RevokedTokenRow, queries.revoke_own_token(pool, id=token_id, person_id=person_id))


async def ask_merge(connection: Connection, team_id: UUID, into_team_id: UUID) -> None:
    """Note down that a team asks another to take it in."""
    await queries.ask_merge(connection, team_id=team_id, into_team_id=into_team_id)


async def withdraw_merge(connection: Connection, team_id: UUID) -> None:
    """End the question of a team."""
    await queries.withdraw_merge(connection, team_id=team_id)


async def take_merge(connection: Connection, team_id: UUID, into_team_id: UUID) -> bool:
    """End the question of a team; False if it does not ask this one."""
    return await queries.take_merge(connection, team_id=team_id, into_team_id=into_team_id) is not None


async def count_unended(connection: Connection, team_id: UUID) -> int:
    """Return how many submissions of a team have not ended."""
    count: int = await queries.count_unended(connection, team_id=team_id)
    return count


async def list_team_phases(connection: Connection, team_id: UUID) -> list[UUID]:
    """Return the phases in which a team has submissions, in the order in which they are locked."""
    return [row["phase_id"] async for row in queries.list_team_phases(connection, team_id=team_id)]


async def move_submissions(
    connection: Connection, team_id: UUID, into_team_id: UUID, phase_id: UUID, change: int
) -> None:
    """Give a team's submissions in a phase to another team."""
    await queries.move_submissions(
        connection, team_id=team_id, into_team_id=into_team_id, phase_id=phase_id, change=change
    )


async def close_team(connection: Connection, team_id: UUID, into_team_id: UUID) -> None:
    """Move a team's members and their tokens to another team, and say where it went."""
    await queries.close_team(connection, team_id=team_id, into_team_id=into_team_id)
