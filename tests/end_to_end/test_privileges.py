"""The stack as `make up` starts it: what each container knows, and what the servers refuse it."""

import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.compose import compose_command, containers_of
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
        self._file = folder / "secrets.env"
        self._file.write_text("".join(f"ARENA_SECRET_{name}={value}\n" for name, value in self.secrets.items()))

    def compose(self, *arguments: str) -> None:
        """Run the Compose that is there, of either generation."""
        options = [
            "--project-name",
            self.name,
            "--env-file",
            str(self._file),
            "--file",
            str(ROOT / "deploy/compose/stack.yaml"),
        ]
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin",
            "ARENA_PORT": str(self.port),
            "ARENA_SHARE_CPUS": "true",
        }
        subprocess.run(
            [*compose_command(), *options, *arguments],
            env=environment,
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


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.compose("up", "-d")
        limit = time.monotonic() + LIMIT_S
        while not is_ready(stack.port):
            assert time.monotonic() < limit, "the gateway is not ready"
            time.sleep(0.5)
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "10")


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
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
