"""The stack as `make up` starts it: what each container knows and is refused, and an e-mail on its way."""

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.gateway.people.registration import version_of
from tests.support.compose import containers_of
from tests.support.gateway.people import LINK, RULES, open_competition
from tests.support.mail_server import Mailbox, running_mail_server, smtp_settings
from tests.support.stack import ROOT, free_port

LIMIT_S = 180
PASSWORDS = {
    "postgres": {"POSTGRES"},
    "rabbitmq": {"GATEWAY_BROKER", "DISPATCHER_BROKER", "RUNNER_BROKER", "AGGREGATOR_BROKER"},
    "gateway": {"GATEWAY_DATABASE", "GATEWAY_BROKER", "ORGANIZER"},
    "dispatcher": {"DISPATCHER_DATABASE", "DISPATCHER_BROKER"},
    "aggregator": {"AGGREGATOR_DATABASE", "AGGREGATOR_BROKER"},
    "runner": {"RUNNER_BROKER"},
}
ASK_POSTGRES = """
import asyncio, asyncpg, os, sys
async def main():
    connection = await asyncpg.connect(os.environ["ARENA_DATABASE_URL"])
    await connection.execute(sys.argv[1])
asyncio.run(main())
"""
TAKE_FROM_RABBITMQ = """
import asyncio, aio_pika, os, sys
async def main():
    connection = await aio_pika.connect(os.environ["ARENA_BROKER_URL"])
    queue = await (await connection.channel()).get_queue(sys.argv[1], ensure=False)
    await queue.get(fail=False)
asyncio.run(main())
"""


class Stack:
    """The containers of deploy/compose/stack.yaml under a name of their own, with secrets drawn for them."""

    def __init__(self, folder: Path) -> None:
        self.name = f"arena-test-{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        names = sorted(set().union(*PASSWORDS.values()))
        self.secrets = {name: f"{name.lower()}-{uuid.uuid4().hex}" for name in names}
        self._state = folder
        (folder / "secrets.env").write_text(
            "".join(f"ARENA_SECRET_{name}={value}\n" for name, value in self.secrets.items())
        )
        self.mailbox, self.host = Mailbox(), find_host()

    @property
    def url(self) -> str:
        """Where the gateway is, which nobody has told it."""
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str) -> None:
        """Run the Compose that is there, of either generation."""
        settings = {"port": self.port, "share_cpus": "true", "project": self.name, "state": self._state}
        settings |= smtp_settings(self.mailbox.port, smtp_host=self.host)
        subprocess.run(
            ["bash", "deploy/stack.sh", "compose", *arguments],
            cwd=ROOT,
            env={**os.environ, **{f"ARENA_{name.upper()}": str(value) for name, value in settings.items()}},
            check=True,
            timeout=LIMIT_S,
            capture_output=True,
        )

    def container(self, service: str) -> str:
        """The id of a service's container."""
        (container,) = containers_of(self.name, service)
        return container

    def run_inside(self, service: str, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a service's container, with its environment and as its user."""
        return run("docker", "exec", self.container(service), *command)


def find_host() -> str:
    """Return the address at which containers reach this machine."""
    format_of_it = "{{ (index .IPAM.Config 0).Gateway }}"
    found = run("docker", "network", "inspect", "bridge", "--format", format_of_it)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.compose("up", "-d")
        limit = time.monotonic() + LIMIT_S
        while not is_ready(stack.url):
            assert time.monotonic() < limit, "the gateway is not ready"
            time.sleep(0.5)
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "10")


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.timeout(LIMIT_S * 2)
@pytest.mark.parametrize("service", PASSWORDS)
def test_a_container_knows_its_own_passwords_and_no_others(stack: Stack, service: str) -> None:
    environment = stack.run_inside(service, "cat", "/proc/1/environ").stdout
    assert environment
    assert {name for name, password in stack.secrets.items() if password in environment} == PASSWORDS[service]


@pytest.mark.parametrize("service", ["dispatcher", "aggregator"])
def test_the_database_shows_tokens_to_nobody_but_the_gateway(stack: Stack, service: str) -> None:
    refused = stack.run_inside(service, "python", "-c", ASK_POSTGRES, "select hash from tokens")
    assert "InsufficientPrivilegeError" in refused.stderr
    assert stack.run_inside("gateway", "python", "-c", ASK_POSTGRES, "select hash from tokens").returncode == 0


def test_the_database_lets_the_gateway_store_no_result(stack: Stack) -> None:
    refused = stack.run_inside("gateway", "python", "-c", ASK_POSTGRES, "update studies set loss = -1")
    assert "InsufficientPrivilegeError" in refused.stderr


@pytest.mark.parametrize(
    ("service", "queue"),
    [
        ("gateway", "arena.shards.small.1"),
        ("dispatcher", "arena.results"),
        ("aggregator", "arena.dispatch"),
        ("runner", "arena.results"),
        ("runner", "arena.dead"),
    ],
)
def test_the_broker_gives_a_service_nothing_from_anothers_queue(stack: Stack, service: str, queue: str) -> None:
    refused = stack.run_inside(service, "python", "-c", TAKE_FROM_RABBITMQ, queue)
    assert "ACCESS_REFUSED" in refused.stderr


async def test_who_registers_is_sent_a_link_that_leads_back_to_the_stack(stack: Stack) -> None:
    organizer = {"Authorization": f"Bearer {stack.secrets['ORGANIZER']}"}
    registration = {"competition": "c", "email": "ada@uni.example", "name": "Ada", "rules_version": version_of(RULES)}
    async with (
        running_mail_server(stack.mailbox, host=stack.host),
        httpx.AsyncClient(base_url=stack.url, timeout=60, headers={"Origin": stack.url}) as browser,
    ):
        path, body = "/api/v1/admin/competitions/c", {**open_competition(), "phases": []}
        (await browser.put(path, json=body, headers=organizer)).raise_for_status()
        (await browser.post("/api/v1/registrations", json=registration)).raise_for_status()
        (message,) = await stack.mailbox.wait_for(1)
        link = LINK.search(message.get_content())
        assert link is not None
        assert link[0].startswith(f"{stack.url}/confirm?")
        assert (await browser.post("/confirm", data={"link": link[1]})).status_code == 303
        assert (await browser.get("/api/v1/me")).json()["email"] == message["To"] == "ada@uni.example"


def test_a_broker_that_lost_its_data_sets_itself_up_and_the_services_go_on(stack: Stack) -> None:
    stack.compose("rm", "--force", "--stop", "rabbitmq")
    run("docker", "volume", "rm", f"{stack.name}_rabbitmq")
    stack.compose("up", "-d", "--no-deps", "rabbitmq")
    limit = time.monotonic() + LIMIT_S
    services = ("gateway", "dispatcher", "aggregator", "runner")
    ask = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"
    while any(stack.run_inside(each, "python3", "-c", ask).returncode for each in services):
        assert time.monotonic() < limit, "a service does not come back"
        time.sleep(1)
