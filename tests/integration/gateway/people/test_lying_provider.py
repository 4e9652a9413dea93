"""A provider of OpenID Connect that lies, talks nonsense or is down signs nobody in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.oidc.lying_provider import LyingProvider, running_liar
from tests.support.oidc.provider import CLIENT_ID, CLIENT_SECRET, Visitor
from tests.support.stack import free_port

LIES: dict[str, dict[str, Any]] = {
    "the nonce of another sign-in": {"nonce": "another"},
    "for another client": {"aud": "another"},
    "of another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": 1},
    "an address that is not verified": {"email_verified": False},
    "an address that is verified in words": {"email_verified": "no"},
    "a hostile address": {"email": "ada@uni.example\r\nBcc: eve@uni.example"},
    "nobody": {"sub": ""},
}
CONFIGURATION = "/.well-known/openid-configuration"


@pytest.fixture
async def liar() -> AsyncIterator[LyingProvider]:
    """The provider."""
    async with running_liar() as liar:
        yield liar


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings, liar: LyingProvider, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that trusts it."""
    secret_file = tmp_path / "client-secret"
    secret_file.write_text(CLIENT_SECRET)
    changes = {"oidc_issuer": liar.issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret_file": secret_file}
    port = free_port()
    async with running_gateway(gateway_settings.model_copy(update=changes), port=port) as gateway:
        yield gateway


async def sign_in(gateway: Gateway, liar: LyingProvider, **changes: str) -> int:
    """Go to the provider and back; returns how the platform answers."""
    visitor = Visitor(gateway)
    asked = httpx.URL(await visitor.begin()).params
    liar.nonce = asked["nonce"]
    params = {"state": asked["state"], "code": "c", **changes}
    return (await visitor.browser.get(f"{gateway.url}/sign-in/provider/back", params=params)).status_code


async def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    gateway: Gateway, liar: LyingProvider, pool: Pool
) -> None:
    answers = {}
    for name, claims in LIES.items():
        liar.claims = claims
        answers[name] = await sign_in(gateway, liar)
    liar.claims = {}
    for signature in ("none", "the client's secret", "another's"):
        liar.signature = signature
        answers[signature] = await sign_in(gateway, liar)

    assert answers == dict.fromkeys(answers, 401)
    assert await pool.fetchval("select count(*) from sessions") == 0
    liar.signature = "its own"
    assert await sign_in(gateway, liar) == 303


async def test_an_answer_in_the_name_of_another_provider_is_refused(gateway: Gateway, liar: LyingProvider) -> None:
    liar.metadata = {"authorization_response_iss_parameter_supported": True}

    answers = [await sign_in(gateway, liar, iss="https://evil.example"), await sign_in(gateway, liar)]

    assert answers == [401, 401]
    assert await sign_in(gateway, liar, iss=liar.issuer) == 303


async def test_a_provider_that_talks_nonsense_is_unavailable(gateway: Gateway, liar: LyingProvider) -> None:
    begun = {}
    for body in ("<html>", "[]", "7", "{}", '{"issuer": "https://evil.example"}'):
        liar.bodies = {CONFIGURATION: body}
        begun[body] = (await gateway.anyone.get("/sign-in/provider")).status_code
    liar.bodies = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        liar.metadata = {name: "http://uni.example/"}
        begun[name] = (await gateway.anyone.get("/sign-in/provider")).status_code
    liar.metadata, finished = {}, {}
    for path in ("/token", "/keys"):
        for body in ("<html>", "[]", "7"):
            liar.bodies = {path: body}
            finished[path, body] = await sign_in(gateway, liar)

    assert begun == dict.fromkeys(begun, 503)
    assert finished == dict.fromkeys(finished, 503)


async def test_while_the_provider_is_down_people_sign_in_otherwise(gateway_settings: GatewaySettings) -> None:
    changes = {"oidc_issuer": f"http://127.0.0.1:{free_port()}", "oidc_client_id": CLIENT_ID}
    async with running_gateway(gateway_settings.model_copy(update=changes)) as gateway:
        answer = await gateway.anyone.get("/sign-in/provider")

        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert (await gateway.anyone.get("/sign-in")).status_code == 200
