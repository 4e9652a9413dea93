"""What every request passes first: rates and sizes for those without a token, headers for every answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.gateway.request_guard import ANONYMOUS_BODY_BYTES, SECURITY_HEADERS, UPLOADS_AT_ONCE, network_of
from services.gateway.settings import GatewaySettings
from tests.support.gateway.access import ANYONE, IDS, ROUTES, status_of
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until

RATE = 30


@pytest.fixture
async def strict(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """A gateway that answers little to strangers."""
    async with running_gateway(gateway_settings.model_copy(update={"anonymous_rate": f"{RATE}/hour"})) as gateway:
        yield gateway


async def exhaust(gateway: Gateway) -> None:
    for _ in range(RATE + 1):
        status = (await gateway.anyone.get("/healthz")).status_code
    assert status == 429


async def test_every_route_for_anyone_is_limited_and_a_token_passes(strict: Gateway) -> None:
    await exhaust(strict)
    team = "organizer-token-of-the-tests"
    for method, template in (route for route, let_in in ROUTES.items() if let_in == ANYONE):
        path = template.format(**IDS)
        assert await status_of(strict, method, path, None) == 429, path
        assert await status_of(strict, method, path, team) != 429, path


async def test_guessing_tokens_is_limited_too(strict: Gateway) -> None:
    await exhaust(strict)

    answer = await strict.client("a guess").get("/api/v1/admin/tokens")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.json()["status"] == 429


async def test_a_stranger_cannot_send_much(gateway: Gateway) -> None:
    await gateway.apply(competition())
    files = {"file": ("optimizer.zip", b"x" * (ANONYMOUS_BODY_BYTES + 1), "application/zip")}

    for client in (gateway.anyone, gateway.client("wrong")):
        answer = await client.post("/api/v1/competitions/c/submissions", files=files)
        assert answer.status_code in {401, 413}
    assert (await gateway.anyone.post("/api/v1/competitions/c/submissions", files=files)).status_code == 413


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/nowhere", "/api/v1/admin/tokens", "/api/v1/competitions/%00"])
async def test_every_answer_has_the_security_headers(gateway: Gateway, path: str) -> None:
    answer = await gateway.anyone.get(path)

    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "server" not in answer.headers


async def test_the_api_page_needs_nothing_from_elsewhere_and_no_inline_script(gateway: Gateway) -> None:
    page = (await gateway.anyone.get("/docs")).text

    assert "//" not in page.replace("<!doctype", "")
    assert "<script>" not in page
    for path in ("/docs/start.js", "/docs/swagger-ui/swagger-ui-bundle.js", "/docs/swagger-ui/swagger-ui.css"):
        assert f'"{path}"' in page
        assert (await gateway.anyone.get(path)).status_code == 200


async def test_a_nul_in_an_address_is_refused_before_anything_is_asked(gateway: Gateway) -> None:
    for path in ("/api/v1/competitions/%00", "/api/v1/competitions/c/leaderboard?phase=%00"):
        assert (await gateway.anyone.get(path)).status_code == 400


async def test_a_websocket_of_a_stranger_is_limited(strict: Gateway) -> None:
    await exhaust(strict)

    with pytest.raises(InvalidStatus) as refused:
        async with connect(strict.live("/competitions/c/live")):
            pass

    assert refused.value.response.status_code == 429


def test_addresses_of_one_subscriber_count_together() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("192.0.2.2") != network_of("192.0.2.1")
    assert network_of("") == ""


async def test_a_team_may_upload_a_little_at_once_and_others_are_not_held_up(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team, other = await gateway.team("a"), await gateway.team("b")
    token = team.headers["Authorization"]
    head = f"POST /api/v1/competitions/c/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    port = int(gateway.url.rsplit(":", 1)[1])
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(UPLOADS_AT_ONCE)]
    for reader, writer in slow:
        writer.write(head.encode())
        assert b"100 Continue" in await reader.readline()  # so it is under way

    assert (await submit(team)).status_code == 429
    assert (await submit(other)).status_code == 202
    for _, writer in slow:
        writer.close()

    async def taken() -> bool:
        return (await submit(team)).status_code == 202

    await wait_until(taken, what="the team may upload again")
