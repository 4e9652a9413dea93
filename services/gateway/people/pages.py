"""The pages of people: to register, to confirm an address, one's account, and to join a team."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from arena.words.names import EmailAddress
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Anyone, check_origin, hash_token
from services.gateway.dependencies import WithEmailRate, WithPool, WithSettings
from services.gateway.own_teams import tables as team_tables
from services.gateway.people import tables
from services.gateway.people.own_account import find_notice_choices
from services.gateway.people.registration import version_of
from services.gateway.people.sign_in_links import send_link
from services.gateway.people.signing_in import begin_session, register
from services.gateway.people.tables import LinkRow
from services.gateway.problems import Problem
from services.gateway.website.markdown import render_markdown
from services.gateway.website.page_data import AccountData, JoinData, RegisterData
from services.gateway.website.rendering import render
from services.gateway.website.sessions import local, show_sign_in
from services.gateway.website.viewers import to_sign_in, viewer_of

router = APIRouter(include_in_schema=False)
SecretText = Annotated[str, Query(max_length=100)]


@router.get("/register")
async def register_page(
    pool: WithPool, given: WithSettings, caller: Anyone, competition: str | None = None, to: str = "/account"
) -> Response:
    """Show a competition's rules and the form to register for it; without a competition, those that there are."""
    if competition is None:
        found = await tables.list_open_competitions(pool)
        return render("register_choice.html.j2", viewer_of(caller), competitions=found)
    rules = await tables.find_rules(pool, competition)
    if rules is None:
        raise Problem(ProblemCode.NO_SUCH_COMPETITION, f"There is no competition {competition!r}.")
    settings = rules.settings
    is_known = caller.session is not None
    data = RegisterData(
        slug=rules.slug, rules_version=version_of(settings.rules), is_known=is_known, return_to=local(to)
    )
    return render(
        "register.html.j2", viewer_of(caller), data=data, rules=rules, settings=settings, is_known=is_known,
        text=render_markdown(settings.rules), provider=given.oidc_host,
    )  # fmt: skip


@router.post("/sign-in/link")
async def ask_link(
    request: Request,
    pool: WithPool,
    settings: WithSettings,
    rate: WithEmailRate,
    caller: Anyone,
    email: Annotated[str, Form(max_length=300)],
    to: Annotated[str, Form(max_length=500)] = "/account",
) -> Response:
    """Send a link that signs in, if the address is somebody's; say the same if it is not."""
    check_origin(request)
    try:
        address = TypeAdapter(EmailAddress).validate_python(email.strip())
    except ValidationError:
        fault = "Expected an e-mail address such as ada@uni.example."
        return show_sign_in(caller, settings.oidc_host, to=local(to), email_fault=fault, status=422)
    rate.count(request)
    async with pool.acquire() as connection, connection.transaction():
        if await tables.find_person_id(connection, address) is not None:
            link = LinkRow(address, "", None, "", local(to))
            await send_link(connection, settings.public_url, link)
    return render("link_sent.html.j2", viewer_of(caller), email=address)


@router.get("/confirm")
async def confirm_page(pool: WithPool, caller: Anyone, link: SecretText = "") -> Response:
    """Ask for a click. Mail servers open links to look for malware, and must not use them up."""
    found = await tables.find_link(pool, hash_token(link))
    competition = None
    if found is not None and found.competition_id is not None:
        competition = await tables.find_rules_by_id(pool, found.competition_id)
    return render(
        "confirm.html.j2", viewer_of(caller), found=found, link=link, registers_for=competition,
        status=404 if found is None else 200,
    )  # fmt: skip


@router.post("/confirm")
async def confirm(
    request: Request, pool: WithPool, caller: Anyone, link: Annotated[str, Form(max_length=100)]
) -> Response:
    """Sign in whoever has the link, and register them for what it was asked for."""
    check_origin(request)
    async with pool.acquire() as connection, connection.transaction():
        found = await tables.take_link(connection, hash_token(link))
        if found is not None:
            person_id = await tables.confirm_person(connection, found.email, found.name)
            competition = None
            if found.competition_id is not None:
                competition = await tables.find_rules_by_id(connection, found.competition_id)
            if competition is not None:
                await register(connection, competition, person_id, found.email, found.rules_version)
            return await begin_session(connection, request, person_id, found.return_to)
    return render("confirm.html.j2", viewer_of(caller), found=None, link="", registers_for=None, status=404)


@router.get("/account")
async def account_page(request: Request, pool: WithPool, caller: Anyone) -> Response:
    """Show what somebody sees of their own account."""
    if caller.role == "anyone":
        return to_sign_in(request)
    found = await tables.list_open_competitions(pool)
    data = AccountData(is_person=caller.session is not None, open={each.slug: each.name for each in found})
    return render("account.html.j2", viewer_of(caller), data=data, is_person=data.is_person)


@router.get("/account/notices")
async def notices_page(request: Request, pool: WithPool, settings: WithSettings, caller: Anyone) -> Response:
    """Show of what somebody gets e-mails, each kind with a switch."""
    if caller.session is None or caller.person_id is None:
        return to_sign_in(request)
    choices = await find_notice_choices(pool, caller.person_id)
    return render(
        "account_notices.html.j2", viewer_of(caller), choices=choices.emails, sends_emails=settings.sends_emails
    )


@router.get("/join")
async def join_page(request: Request, pool: WithPool, caller: Anyone, link: SecretText = "") -> Response:
    """Show into which team an invitation lets, and ask for a click."""
    if caller.session is None:
        return to_sign_in(request)
    found = await team_tables.find_invitation(pool, hash_token(link))
    data = JoinData(link=link)
    return render("join.html.j2", viewer_of(caller), data=data, found=found, status=404 if found is None else 200)
