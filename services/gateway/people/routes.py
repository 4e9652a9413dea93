"""Signing up, and what people do with their own account."""

from fastapi import APIRouter, Request

from arena.api.notices.emails import NoticeChoices
from arena.api.people.own_account import (
    AcceptedRules,
    Deleted,
    LinkSent,
    Me,
    NewRegistration,
    OwnName,
    PersonalData,
)
from services.gateway.accounts.callers import Person
from services.gateway.dependencies import WithEmailRate, WithPool, WithSettings
from services.gateway.people import personal_data, tables
from services.gateway.people.own_account import find_me, find_notice_choices, find_own, put_notice_choices
from services.gateway.people.sign_in_links import send_link
from services.gateway.people.signing_in import find_open, register
from services.gateway.people.tables import LinkRow
from services.gateway.website.sessions import local

router = APIRouter(prefix="/api/v1", tags=["people"])


@router.post("/registrations", status_code=202)
async def ask_registration(
    body: NewRegistration, request: Request, pool: WithPool, settings: WithSettings, rate: WithEmailRate
) -> LinkSent:
    """Send a link that registers whoever opens it for a competition.

    The answer does not tell whether the address is known. From one network only a few e-mails an hour are sent.
    """
    rate.count(request)
    competition = await find_open(pool, body.competition, body.email, body.rules_version)
    link = LinkRow(body.email, body.name, competition.id, body.rules_version, local(body.return_to))
    async with pool.acquire() as connection, connection.transaction():
        await send_link(connection, settings.public_url, link, competition.name)
    return LinkSent(detail=f"A link was sent to {body.email}. Open it within an hour.")


@router.get("/me")
async def get_me(pool: WithPool, person: Person) -> Me:
    """Return who is signed in, with their registrations, teams and tokens."""
    return await find_me(pool, person)


@router.put("/me")
async def rename_me(body: OwnName, pool: WithPool, person: Person) -> Me:
    """Change how one is called."""
    await tables.rename_person(pool, person.id, body.name)
    return await find_me(pool, person)


@router.post("/me/competitions/{slug}/registration", status_code=201)
async def register_me(slug: str, body: AcceptedRules, pool: WithPool, person: Person) -> Me:
    """Register for a competition, or accept another version of its rules."""
    own = await find_own(pool, person.id)
    competition = await find_open(pool, slug, own.email, body.rules_version)
    await register(pool, competition, person.id, own.email, body.rules_version)
    return await find_me(pool, person)


@router.get("/me/notices")
async def get_notices(pool: WithPool, person: Person) -> NoticeChoices:
    """Return of what whoever asks gets e-mails, by kind."""
    return await find_notice_choices(pool, person.id)


@router.put("/me/notices")
async def put_notices(body: NoticeChoices, pool: WithPool, person: Person) -> NoticeChoices:
    """Switch kinds of e-mail on or off. A kind that is not named stays as it is."""
    return await put_notice_choices(pool, person.id, body)


@router.get("/me/export")
async def export_me(pool: WithPool, person: Person) -> PersonalData:
    """Return all that the platform knows of whoever asks."""
    return await personal_data.collect(pool, person.id)


@router.delete("/me")
async def delete_me(pool: WithPool, person: Person) -> Deleted:
    """Delete all that is known of whoever asks, now and for good. Scores stay, under the team's name."""
    async with pool.acquire() as connection, connection.transaction():
        await personal_data.delete(connection, person.id)
    return Deleted(deleted=True)
