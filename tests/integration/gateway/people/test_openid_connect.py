"""Signing in at a real provider of OpenID Connect."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from services.gateway.people.registration import version_of
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.people import RULES, open_competition, sign_up, with_waiting_emails
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.oidc.provider import CLIENT_ID, CLIENT_SECRET, Visitor, running_provider
from tests.support.stack import free_port

ADA = "ada@uni.example"


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway, and a provider at which people sign in."""
    port = free_port()
    public_url = f"http://127.0.0.1:{port}"
    secret_file = tmp_path / "client-secret"
    secret_file.write_text(f"{CLIENT_SECRET}\n")
    async with running_provider(public_url) as issuer:
        settings = with_waiting_emails(gateway_settings).model_copy(
            update={
                "public_url": public_url,
                "oidc_issuer": issuer,
                "oidc_client_id": CLIENT_ID,
                "oidc_client_secret_file": secret_file,
            }
        )
        async with running_gateway(settings, port=port) as gateway:
            await gateway.import_official_baseline()
            yield gateway


async def test_who_signs_in_at_the_provider_registers_without_an_e_mail(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada = Visitor(gateway)
    page = (await ada.browser.get(f"{gateway.url}/register?competition=c")).text
    assert 'href="/sign-in/provider?to=/register%3Fcompetition%3Dc">Sign in at 127.0.0.1 to register' in page

    answer = await ada.sign_in(ADA, to="/register?competition=c")

    assert (answer.status_code, answer.headers["location"]) == (303, "/register?competition=c")
    url = f"{gateway.url}/api/v1/me"
    accepted = {"rules_version": version_of(RULES)}
    registered = await ada.browser.post(f"{url}/competitions/c/registration", json=accepted)
    assert registered.status_code == 201, registered.text
    me = registered.json()
    assert (me["email"], me["name"], me["competitions"][0]["state"]) == (ADA, "ada", "approved")
    assert await pool.fetchval("select count(*) from emails") == 0


async def test_a_verified_address_leads_to_the_person_who_has_it(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    before = await sign_up(gateway, pool, ADA)

    visitor = Visitor(gateway)
    answers = [await visitor.sign_in(ADA), await Visitor(gateway).sign_in(ADA)]

    assert [(each.status_code, each.headers["location"]) for each in answers] == [(303, "/account")] * 2
    after = await visitor.me()
    assert after["competitions"] == (await before.me())["competitions"]
    counts = [await pool.fetchval(f"select count(*) from {table}") for table in ("people", "identities")]  # noqa: S608
    assert counts == [1, 1]


async def test_an_address_that_the_provider_has_not_verified_signs_nobody_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await sign_up(gateway, pool, f"unverified-{ADA}")

    visitor = Visitor(gateway)
    answer = await visitor.sign_in(f"unverified-{ADA}")

    assert (answer.status_code, "arena_session" in visitor.browser.cookies) == (401, False)
    assert "has not verified your e-mail address" in answer.text


async def test_who_turns_back_at_the_provider_may_try_again(gateway: Gateway) -> None:
    visitor = Visitor(gateway)

    answer = await visitor.turn_back(await visitor.begin())

    assert (answer.status_code, "The provider did not sign you in." in answer.text) == (401, True)
    assert (await visitor.sign_in(ADA)).status_code == 303


async def test_an_answer_of_the_provider_signs_in_once(gateway: Gateway, pool: Pool) -> None:
    visitor = Visitor(gateway)
    back = await visitor.pass_provider(await visitor.begin(), ADA)
    kept = {"Cookie": f"arena_provider={visitor.browser.cookies['arena_provider']}"}

    answers = [await Visitor(gateway).browser.get(back, headers=kept) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 401]
    assert await pool.fetchval("select count(*) from sessions") == 1


async def test_an_answer_signs_in_no_other_browser_than_the_one_that_asked(gateway: Gateway, pool: Pool) -> None:
    eve, ada = Visitor(gateway), Visitor(gateway)
    back = await eve.pass_provider(await eve.begin(), "eve@uni.example")

    answers = [await ada.browser.get(back)]
    await ada.begin()  # now she has a cookie, of another sign-in
    answers.append(await ada.browser.get(back))

    assert [each.status_code for each in answers] == [401, 401]
    assert "This sign-in was not begun in this browser" in answers[1].text
    assert await pool.fetchval("select count(*) from sessions") == 0


async def test_a_code_of_one_sign_in_does_not_end_another(gateway: Gateway, pool: Pool) -> None:
    """Neither the provider, which binds it to a verifier, nor the platform, which binds it to a nonce, lets it."""
    eve, ada = Visitor(gateway), Visitor(gateway)
    of_eve = httpx.URL(await eve.pass_provider(await eve.begin(), "eve@uni.example")).params
    state = httpx.URL(await ada.begin()).params["state"]

    answer = await ada.browser.get(f"{gateway.url}/sign-in/provider/back", params=of_eve.set("state", state))

    assert (answer.status_code, "did not confirm" in answer.text) == (401, True)
    assert await pool.fetchval("select count(*) from sessions") == 0


@pytest.mark.parametrize("state", [None, "", "forged"])
async def test_a_state_that_is_missing_or_forged_is_refused(gateway: Gateway, state: str | None) -> None:
    visitor = Visitor(gateway)
    back = httpx.URL(await visitor.pass_provider(await visitor.begin(), ADA))
    params = back.params.remove("state") if state is None else back.params.set("state", state)

    answer = await visitor.browser.get(back.copy_with(params=params))

    assert (answer.status_code, "arena_session" in visitor.browser.cookies) == (401, False)


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
async def test_after_the_provider_nobody_is_led_to_another_site(gateway: Gateway, to: str) -> None:
    answer = await Visitor(gateway).sign_in(ADA, to=to)

    assert answer.status_code == 303
    target = urljoin(gateway.url, answer.headers["location"].replace("\t", ""))
    assert target.startswith(f"{gateway.url}/")
