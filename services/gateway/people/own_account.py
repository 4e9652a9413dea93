"""What somebody sees of their own account."""

from collections import defaultdict
from uuid import UUID

from arena.api.notices.emails import NoticeChoices
from arena.api.notices.kinds import EMAIL_KINDS, NoticeKind
from arena.api.people.own_account import Me, OwnToken, TakingPart
from arena.api.people.registrants import Person
from arena.api.problems import InvalidField
from arena.words.problems import ProblemCode
from arena.words.scopes import Scope
from services.gateway.accounts.callers import SignedIn
from services.gateway.notices import tables as notice_tables
from services.gateway.own_teams import tables as team_tables
from services.gateway.own_teams.tables import OwnTokenRow
from services.gateway.people import tables
from services.gateway.people.registration import version_of
from services.gateway.people.tables import TakingPartRow
from services.gateway.problems import Problem, invalid_request
from shared.database import Pool, PoolOrConnection


async def find_own(where: PoolOrConnection, person_id: UUID) -> Person:
    """Return the person who is signed in. Raises Problem 404 if they are deleted meanwhile."""
    row = await tables.find_person(where, person_id)
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_PERSON, "Your account was deleted.")
    return row


async def find_me(pool: Pool, person: SignedIn) -> Me:
    """Return who is signed in, with their registrations, teams and tokens."""
    own = await find_own(pool, person.id)
    tokens: dict[UUID | None, list[OwnTokenRow]] = defaultdict(list)
    for token in await team_tables.list_own_tokens(pool, person.id):
        tokens[token.team_id].append(token)
    rows = await tables.list_own_competitions(pool, person.id)
    return Me(
        email=own.email,
        name=own.name,
        role=own.role,
        created_at=own.created_at,
        competitions=[_competition(row, tokens[row.team_id], person) for row in rows],
    )


def _competition(row: TakingPartRow, tokens: list[OwnTokenRow], person: SignedIn) -> TakingPart:
    settings = tables.CompetitionRules(row.id, row.slug, row.name, row.registration).settings
    return TakingPart(
        slug=row.slug,
        name=row.name,
        state=row.state,
        rules_version=row.rules_version,
        rules_are_current=row.rules_version == version_of(settings.rules),
        team=row.team,
        members=row.members,
        acting=row.team_id is not None and row.team_id == person.caller.team_id,
        tokens=[
            OwnToken(id=each.id, name=each.name, scopes=[Scope(it) for it in each.scopes], created_at=each.created_at)
            for each in (tokens if row.team_id else [])
        ],
        merge_until=settings.merge_until,
        merge_into=row.merge_into,
        merges_asked=row.merges_asked,
    )


async def find_notice_choices(pool: Pool, person_id: UUID) -> NoticeChoices:
    """Return of what somebody gets e-mails: everything that they have not switched off."""
    kinds = _kinds_for(await find_own(pool, person_id))
    unwanted = await notice_tables.find_unwanted(pool, person_id)
    return NoticeChoices(emails={kind: kind not in unwanted for kind in kinds})


async def put_notice_choices(pool: Pool, person_id: UUID, chosen: NoticeChoices) -> NoticeChoices:
    """Switch kinds of e-mail on or off. Raises Problem 422 for a kind of which this person gets none."""
    kinds = _kinds_for(await find_own(pool, person_id))
    if unknown := sorted(chosen.emails.keys() - set(kinds)):
        what = f"expected kinds among {', '.join(kinds)}, got {', '.join(unknown)}"
        raise invalid_request(InvalidField(where="body.emails", what=what))
    await notice_tables.choose_emails(pool, person_id, chosen.emails)
    return await find_notice_choices(pool, person_id)


def _kinds_for(person: Person) -> list[NoticeKind]:
    return [kind for kind in EMAIL_KINDS if kind != NoticeKind.INCIDENT_OPENED or person.role == "organizer"]
