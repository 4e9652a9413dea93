"""Two teams become one, until the date that the competition names: one asks, and the other takes it in."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter

from arena.api.people.own_account import Me, OtherTeam
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Person
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.own_teams import tables as team_tables
from services.gateway.own_teams.membership import MEMBERS_LIMIT, check_limit, find_own_team
from services.gateway.own_teams.tables import MembershipRow
from services.gateway.people.own_account import find_me
from services.gateway.problems import Problem
from services.gateway.submissions.tables import next_change
from shared.database import Connection
from shared.messages import PhaseChanged
from shared.outbox import Outbox

router = APIRouter(prefix="/api/v1/me/competitions/{slug}/merge", tags=["people"])


@router.put("")
async def ask_merge(slug: str, body: OtherTeam, pool: WithPool, person: Person) -> Me:
    """Ask another team to take one's own in. Nothing happens until one of its members agrees."""
    own = await find_own_team(pool, slug, person.id)
    _check_in_time(own)
    other = await team_tables.find_other_team(pool, own.competition_id, body.team)
    if other is None or other == own.team_id:
        raise Problem(ProblemCode.NO_SUCH_TEAM, f"There is no other team {body.team!r} in {slug}.")
    async with pool.acquire() as connection, connection.transaction():
        await team_tables.ask_merge(connection, own.team_id, other)
    return await find_me(pool, person)


@router.delete("")
async def withdraw_merge(slug: str, pool: WithPool, person: Person) -> Me:
    """Ask no other team any more."""
    own = await find_own_team(pool, slug, person.id)
    async with pool.acquire() as connection, connection.transaction():
        await team_tables.withdraw_merge(connection, own.team_id)
    return await find_me(pool, person)


@router.post("/accept")
async def accept_merge(slug: str, body: OtherTeam, pool: WithPool, outbox: WithOutbox, person: Person) -> Me:
    """Take in a team that asks for it: its members and submissions are one's own team's from then on.

    All of its submissions must have ended. Quotas count those of both.
    """
    own = await find_own_team(pool, slug, person.id)
    _check_in_time(own)
    other = await team_tables.find_other_team(pool, own.competition_id, body.team)
    if other is None:
        raise Problem(ProblemCode.NO_SUCH_TEAM, f"There is no team {body.team!r} in {slug}.")
    async with pool.acquire() as connection, connection.transaction():
        await team_tables.lock_teams(connection, [own.team_id, other])
        if not await team_tables.take_merge(connection, other, own.team_id):
            raise Problem(ProblemCode.NO_SUCH_MERGE, f"The team {body.team!r} does not ask yours to take it in.")
        both = [await team_tables.count_members(connection, each) for each in (own.team_id, other)]
        check_limit(sum(both) - 1, MEMBERS_LIMIT, "members of a team")
        if unended := await team_tables.count_unended(connection, other):
            raise Problem(
                ProblemCode.SUBMISSIONS_UNENDED,
                f"{unended} submissions of {body.team!r} have not ended; wait for them, or let the team cancel them.",
                unended=unended,
            )
        await _move_submissions(connection, outbox, other, own)
        await team_tables.close_team(connection, other, own.team_id)
    outbox.wake()
    return await find_me(pool, person)


async def _move_submissions(connection: Connection, outbox: Outbox, team_id: UUID, into: MembershipRow) -> None:
    changes = []
    for phase_id in await team_tables.list_team_phases(connection, team_id):
        change = await next_change(connection, phase_id)
        await team_tables.move_submissions(connection, team_id, into.team_id, phase_id, change)
        changes.append(PhaseChanged(phase_id=phase_id, change=change))
    await outbox.put(connection, changes)


def _check_in_time(own: MembershipRow) -> None:
    """Raise Problem 409 unless teams may merge now."""
    until = own.merge_until
    if until is None or until <= datetime.now(UTC):
        when = "do not merge" if until is None else f"merged until {until:%Y-%m-%d %H:%M} UTC, and no longer"
        raise Problem(ProblemCode.MERGING_ENDED, f"Teams of this competition {when}.")
