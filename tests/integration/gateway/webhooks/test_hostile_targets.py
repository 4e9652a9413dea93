"""Webhooks that would lead behind the gateway, or whose receivers are hostile."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest

from services.gateway.settings import GatewaySettings
from services.gateway.webhooks.sending import WebhookSender
from services.gateway.webhooks.signing import make_secret
from services.gateway.webhooks.tables import DueDelivery
from services.gateway.webhooks.targets import Targets
from tests.support.certificates import make_certificates
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.stack import free_port
from tests.support.waiting import limited
from tests.support.webhook_receiver import Receiver, running_receiver

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


def due(url: str) -> DueDelivery:
    return DueDelivery(uuid4(), uuid4(), '{"a": 1}', 1, url, make_secret())


class NameServer:
    """Answers each question for an address with the next of its answers, as `socket.getaddrinfo` does."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        assert host == "hooks.test"
        self.asked += 1
        return [(0, 0, 0, "", (self.answers.pop(0), port))]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5432/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://2130706433/",
        "https://0/",
        "https://1.1.1.1:25/",
        "http://1.1.1.1/",
        "gopher://1.1.1.1/",
        "https://ada:secret@1.1.1.1/",
        "https://1.1.1.1/\r\nHost: evil",
    ],
)
async def test_a_webhook_to_a_private_address_is_refused(gateway_settings: GatewaySettings, url: str) -> None:
    async with running_gateway(gateway_settings) as gateway:
        await assert_refused(gateway, url)


async def assert_refused(gateway: Gateway, url: str) -> None:
    await gateway.apply(competition(phases=[]))
    body = {"url": url, "events": ["announcement"]}
    answer = await gateway.organizer.post("/api/v1/competitions/c/webhooks", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body.url")


async def test_what_was_allowed_when_it_was_added_is_checked_again_at_each_delivery(receiver: Receiver) -> None:
    answer = await WebhookSender(Targets([])).send(due(receiver.url))
    assert "on the internet" in answer.problem
    assert receiver.connections == 0


async def test_a_name_with_another_address_a_moment_later_leads_nowhere_else(receiver: Receiver) -> None:
    names = NameServer("127.0.0.1", "10.0.0.1")
    url = receiver.url.replace("127.0.0.1", "hooks.test")
    answer = await WebhookSender(Targets(LOOPBACK, names)).send(due(url))
    assert (answer.status, names.asked) == (204, 1), "the address that was checked is the one that is used"
    assert receiver.requests[0].headers["host"] == f"hooks.test:{receiver.port}"


async def test_a_name_that_turns_private_is_refused_at_the_next_delivery(receiver: Receiver) -> None:
    sender = WebhookSender(Targets([], NameServer("127.0.0.1")))
    answer = await sender.send(due(receiver.url.replace("127.0.0.1", "hooks.test")))
    assert (answer.is_taken, receiver.connections) == (False, 0)


async def test_a_redirect_to_a_private_address_is_not_followed(receiver: Receiver) -> None:
    async with running_receiver() as inside:
        redirect = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {inside.url}\r\n\r\n"
        receiver.answers = [redirect.encode()]
        answer = await WebhookSender(Targets(LOOPBACK)).send(due(receiver.url))
        assert (answer.status, answer.problem, inside.connections) == (307, "redirects are not followed", 0)


async def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await WebhookSender(Targets(LOOPBACK)).send(due(receiver.url))).is_taken


async def test_an_answer_without_an_end_is_not_read(receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + b"x" * 100_000]
    async with limited():
        assert (await WebhookSender(Targets(LOOPBACK)).send(due(receiver.url))).is_taken


async def test_an_answer_with_headers_without_an_end_is_given_up(receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 200 OK\r\n" + b"X-Header: yes\r\n" * 500_000]
    answer = await WebhookSender(Targets(LOOPBACK)).send(due(receiver.url))
    assert (answer.status, answer.problem) == (None, "what answers there does not speak HTTP")


async def test_a_receiver_that_says_nothing_is_given_up(receiver: Receiver) -> None:
    receiver.is_silent = True
    async with limited():
        answer = await WebhookSender(Targets(LOOPBACK)).send(due(receiver.url))
    assert (answer.status, answer.problem) == (None, "no answer within 10 s")


async def test_where_nobody_listens_nothing_is_told_of_the_address() -> None:
    answer = await WebhookSender(Targets(LOOPBACK)).send(due(f"http://127.0.0.1:{free_port()}/"))
    assert (answer.status, answer.problem) == (None, "no connection")


@pytest.mark.parametrize(("name", "is_taken"), [("hooks.test", True), ("another.test", False)])
async def test_the_certificate_must_be_that_of_the_name_in_the_url(tmp_path: Path, name: str, is_taken: bool) -> None:
    certificates = make_certificates(tmp_path / "certificates", name)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificates.folder / "server.pem", certificates.folder / "server.key")
    trusting = await asyncio.to_thread(ssl.create_default_context, cafile=certificates.ca)
    async with running_receiver(server) as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.test")
        answer = await WebhookSender(Targets(LOOPBACK, NameServer("127.0.0.1")), trusting).send(due(url))
    assert answer.is_taken is is_taken
    assert answer.problem == ("" if is_taken else "its certificate does not hold")
