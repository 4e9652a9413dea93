"""Signing in on the website: the token once, then a cookie that scripts cannot read and other sites cannot use."""

from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.gateway.accounts.callers import SESSION_COOKIE
from services.gateway.website.sessions import local
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip

SUBMISSIONS = "/api/v1/competitions/c/submissions"


@pytest.fixture
async def team(gateway: Gateway) -> httpx.AsyncClient:
    await gateway.apply(competition())
    return await gateway.team("dice")


def token_of(client: httpx.AsyncClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


async def sign_in(gateway: Gateway, token: str, **form: str) -> tuple[httpx.AsyncClient, httpx.Response]:
    """Return a browser, signed in from the site's own page if the token is good, and the answer to that."""
    browser = gateway.client(None)
    own = {"Origin": gateway.url}
    return browser, await browser.post("/sign-in", data={"token": token, **form}, headers=own)


async def upload(browser: httpx.AsyncClient, **headers: str) -> int:
    files = {"file": ("optimizer.zip", make_zip(), "application/zip")}
    return (await browser.post(SUBMISSIONS, files=files, headers=headers)).status_code


async def test_who_signs_in_with_a_token_is_that_team(gateway: Gateway, team: httpx.AsyncClient) -> None:
    browser, answer = await sign_in(gateway, token_of(team), to="/c/c/submissions")
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/c/submissions")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert token_of(team).lower() not in cookie
    assert (await browser.get(SUBMISSIONS)).status_code == 200
    assert "dice" in (await browser.get("/c/c")).text
    assert await upload(browser, Origin=gateway.url) == 202


async def test_a_wrong_token_signs_nobody_in_and_says_so(gateway: Gateway, team: httpx.AsyncClient) -> None:
    browser, answer = await sign_in(gateway, token_of(team) + "x")
    assert answer.status_code == 401
    assert "No team or organizer has this token" in answer.text
    assert SESSION_COOKIE not in answer.cookies
    assert (await browser.get(SUBMISSIONS)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_site_changes_nothing_by_the_session(
    gateway: Gateway, team: httpx.AsyncClient, headers: dict[str, str], pool: Pool
) -> None:
    browser, _ = await sign_in(gateway, token_of(team))
    assert await upload(browser, **headers) == 403
    assert (await browser.post("/sign-out", headers=headers)).status_code == 403
    assert await pool.fetchval("select count(*) from submissions") == 0
    assert (await browser.get(SUBMISSIONS)).status_code == 200  # and nobody was signed out


async def test_a_page_of_another_site_signs_nobody_in(gateway: Gateway, team: httpx.AsyncClient) -> None:
    answer = await gateway.anyone.post(
        "/sign-in", data={"token": token_of(team)}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert SESSION_COOKIE not in answer.cookies


async def test_a_socket_is_opened_by_the_session_from_this_site_alone(
    gateway: Gateway, team: httpx.AsyncClient
) -> None:
    browser, _ = await sign_in(gateway, token_of(team))
    await upload(browser, Origin=gateway.url)
    submission = (await browser.get(SUBMISSIONS)).json()["submissions"][0]["id"]
    cookie = f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"

    async def open_socket(origin: str) -> None:
        headers: Any = {"Cookie": cookie, "Origin": origin}
        async with connect(gateway.live(f"/submissions/{submission}/live"), additional_headers=headers) as socket:
            assert '"snapshot"' in str(await socket.recv())

    await open_socket(gateway.url)
    with pytest.raises(InvalidStatus) as refused:
        await open_socket("https://elsewhere.example")
    assert refused.value.response.status_code == 403


async def test_a_session_ends_with_sign_out_with_time_and_with_its_token(
    gateway: Gateway, team: httpx.AsyncClient, pool: Pool
) -> None:
    own = {"Origin": gateway.url}
    first, second, third = [(await sign_in(gateway, token_of(team)))[0] for _ in range(3)]
    session = first.cookies[SESSION_COOKIE]
    assert (await first.post("/sign-out", headers=own)).status_code == 303
    first.cookies.set(SESSION_COOKIE, session)
    assert (await first.get(SUBMISSIONS)).status_code == 401
    assert (await second.get(SUBMISSIONS)).status_code == 200

    await pool.execute("update sessions set expires_at = now() - interval '1 second'")
    assert (await second.get(SUBMISSIONS)).status_code == 401

    third, _ = await sign_in(gateway, token_of(team))
    assert await pool.fetchval("select count(*) from sessions") == 1  # those that were over are gone
    await gateway.organizer.post("/api/v1/admin/competitions/c/teams/dice/token")
    assert (await third.get(SUBMISSIONS)).status_code == 401


@pytest.mark.parametrize(
    "to",
    [
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "",
        "x",
    ],
)
def test_signing_in_leads_to_this_site_alone(to: str) -> None:
    assert local(to) == "/"


async def test_a_browser_gets_pages_for_errors_and_a_client_problem_details(gateway: Gateway) -> None:
    await gateway.apply(competition())
    html = {"Accept": "text/html,application/xhtml+xml"}
    page = await gateway.anyone.get("/c/nowhere", headers=html)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no competition &#39;nowhere&#39;" in page.text
    for answer in (
        await gateway.anyone.get("/c/nowhere"),
        await gateway.anyone.get("/api/v1/competitions/nowhere", headers=html),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    await gateway.database.cut()
    away = await gateway.anyone.get("/c/c", headers=html)
    assert away.status_code == 503
    assert 'http-equiv="refresh"' in away.text


async def test_an_error_page_offers_to_sign_in_only_to_who_is_not_signed_in(
    gateway: Gateway, team: httpx.AsyncClient
) -> None:
    html = {"Accept": "text/html"}
    of_team, _ = await sign_in(gateway, token_of(team))
    of_organizer, _ = await sign_in(gateway, token_of(gateway.organizer))
    pages = {}
    for name, browser in {"anyone": gateway.anyone, "team": of_team, "organizer": of_organizer}.items():
        pages[name] = (await browser.get("/c/nowhere", headers=html)).text

    assert "Sign in" in pages["anyone"]
    for name, shown in {"team": "dice", "organizer": "Organizer"}.items():
        assert "Sign in" not in pages[name]
        assert f'<span class="name">{shown}</span>' in pages[name]
        assert "Sign out" in pages[name]
    await gateway.database.cut()
    away = (await of_team.get("/c/c", headers=html)).text
    assert "Sign in" not in away
    assert "Sign out" not in away


async def test_files_of_pages_are_kept_by_browsers_and_counted_against_nobody(gateway: Gateway) -> None:
    page = (await gateway.anyone.get("/sign-in")).text
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = await gateway.anyone.get(style)
    assert "immutable" in answer.headers["cache-control"]
    assert "no-store" in (await gateway.anyone.get("/sign-in")).headers["cache-control"]
    wrong = gateway.client("wrong")
    assert (await wrong.get(style)).status_code == 200
