"""A service whose parts are not there yet: it says so from its first moment, and works as soon as they are."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.runner.__main__ import main as run_runner
from tests.support.backends import PASSWORD
from tests.support.forwarding import forwarding
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.stack import SERVICES, free_port
from tests.support.starting import starting
from tests.support.waiting import wait_until

NO_ENGINE = "unix:///nowhere/docker.sock"
SECRET = "a-password-that-nobody-may-see"
NEEDS = {
    "gateway": {"database", "broker", "gateway"},
    "dispatcher": {"database", "broker"},
    "runner": {"broker", "engine"},
    "aggregator": {"database", "broker"},
}


def nowhere(folder: Path) -> PlatformSettings:
    """Settings of servers that are not there."""
    database, broker = free_port(), free_port()
    return platform_settings(
        f"postgresql://arena:{SECRET}@127.0.0.1:{database}/arena",
        f"amqp://arena:{SECRET}@127.0.0.1:{broker}/",
        folder,
        engine_url=NO_ENGINE,
    )


def address_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_says_from_its_first_moment_which_of_its_parts_are_missing_and_why(
    name: str, tmp_path: Path
) -> None:
    settings = nowhere(tmp_path)
    where = {
        "database": f"the database at {address_of(settings.database_url.get_secret_value())} does not answer: ",
        "broker": f"the broker at {address_of(settings.broker_url.get_secret_value())} does not answer: ",
        "engine": f"the engine at {NO_ENGINE} does not answer: ",
        "gateway": "the gateway is starting",
    }
    async with starting(name, settings, tmp_path) as service:
        for part in NEEDS[name]:
            await service.wait_for_reason(part, where[part])

        assert (await service.reasons()).keys() == NEEDS[name]
        assert (await service.http.get("/readyz")).status_code == 503
        assert "python_info" in (await service.http.get("/metrics")).text
        assert SECRET not in (await service.http.get("/readyz")).text + service.log.read_text()


async def test_a_websocket_that_is_refused_is_no_error_in_the_log(tmp_path: Path) -> None:
    async with starting("gateway", nowhere(tmp_path), tmp_path) as service:
        with pytest.raises(InvalidStatus) as refusal:
            await connect(f"ws://{service.http.base_url.netloc.decode()}/api/v1/competitions/any/live")

        assert refusal.value.response.status_code == 503
        assert "without completing handshake" not in service.log.read_text()


@contextmanager
def hanging_up() -> Iterator[tuple[int, list[int]]]:
    """A server that ends every connection at once, as a container's port does while nothing listens in it.

    Yields its port, and a list that grows with each connection.
    """
    calls: list[int] = []

    def hang_up(listener: socket.socket) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                connection, (_, port) = listener.accept()
                connection.close()
                calls.append(port)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hang_up, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], calls
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_a_broker_whose_port_is_open_before_anything_listens_is_waited_for(tmp_path: Path) -> None:
    with hanging_up() as (port, calls):
        settings = platform_settings("", f"amqp://arena:{SECRET}@127.0.0.1:{port}/", tmp_path, engine_url=NO_ENGINE)
        async with starting("runner", settings, tmp_path) as service:

            async def has_tried_again() -> bool:
                return len(calls) >= 5 or not await service.is_alive()

            await wait_until(has_tried_again, what="it tries again")
            await service.wait_for_reason("broker", f"the broker at 127.0.0.1:{port} does not answer: ")


@pytest.mark.parametrize(
    ("name", "url", "reason"),
    [
        ("gateway", "s3://zips", "s3://zips cannot be used"),
        ("runner", "http://127.0.0.1:9", "http://127.0.0.1:9 does not"),
    ],
)
async def test_a_blob_store_that_does_not_answer_is_told_before_anything_else_is_there(
    name: str, url: str, reason: str, tmp_path: Path
) -> None:
    settings = nowhere(tmp_path).with_changes(blob_url=url)
    store = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ALLOW_HTTP": "true", "AWS_REGION": "test"}
    async with starting(name, settings, tmp_path, **store) as service:
        await service.wait_for_reason("blob store", reason)
        await service.wait_for_reason("broker", "does not answer")


async def test_a_gateway_that_waits_for_its_servers_answers_with_problem_details(tmp_path: Path) -> None:
    async with starting("gateway", nowhere(tmp_path), tmp_path) as service:
        answer = await service.http.get("/api/v1/competitions")
        page = await service.http.get("/", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("unavailable", "5")
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")


@pytest.mark.parametrize("name", ["gateway", "dispatcher", "aggregator"])
async def test_a_service_works_as_soon_as_its_servers_are_there(
    name: str, database_url: str, broker_url: str, tmp_path: Path
) -> None:
    ports = {"database": free_port(), "broker": free_port()}
    real = {"database": urlsplit(database_url).port, "broker": urlsplit(broker_url).port}
    settings = platform_settings(
        database_url.replace(f":{real['database']}/", f":{ports['database']}/"),
        broker_url.replace(f":{real['broker']}/", f":{ports['broker']}/"),
        tmp_path,
    )

    with ExitStack() as servers:
        async with starting(name, settings, tmp_path) as service:
            for part, port in ports.items():
                await service.wait_for_reason(part, "does not answer")
                servers.enter_context(forwarding(port, real[part] or 0))

            await service.wait_until_ready()


async def test_a_broker_that_is_lost_later_is_named_and_the_service_still_ends_in_good_order(
    database_url: str, broker_url: str, tmp_path: Path
) -> None:
    port, real = free_port(), urlsplit(broker_url).port or 0
    settings = platform_settings(database_url, broker_url.replace(f":{real}/", f":{port}/"), tmp_path)

    with ExitStack() as servers:
        servers.enter_context(forwarding(port, real))
        async with starting("aggregator", settings, tmp_path) as service:
            await service.wait_until_ready()
            servers.close()
            await service.wait_for_reason("broker", f"the broker at 127.0.0.1:{port} is unavailable")


async def test_a_login_that_is_refused_is_told_apart_from_a_server_that_is_not_there(
    database_url: str, broker_url: str, tmp_path: Path
) -> None:
    database, broker = (url.replace(f":{PASSWORD}@", f":{SECRET}@") for url in (database_url, broker_url))
    settings = platform_settings(database, broker, tmp_path)
    async with starting("dispatcher", settings, tmp_path) as service:
        await service.wait_for_reason("database", "refuses the user or the password; see ARENA_DATABASE_URL")
        await service.wait_for_reason("broker", "refuses the user or the password; see ARENA_BROKER_URL")

        assert SECRET not in (await service.http.get("/readyz")).text + service.log.read_text()


async def test_a_runner_that_ends_without_work_does_not_wait_for_its_parts_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runner.idleness.UNREADY_LIMIT_S", 0.3)
    settings = nowhere(tmp_path).with_changes(exit_when_idle_s=0.3, http_port=free_port())

    with pytest.raises(SystemExit) as ended:
        await run_runner(settings.runner, asyncio.Event())

    assert ended.value.code == 1


async def test_a_runner_goes_on_when_its_engine_comes_later(broker_url: str, tmp_path: Path) -> None:
    socket = tmp_path / "docker.sock"
    settings = platform_settings(
        "", broker_url, tmp_path, engine_url=f"unix://{socket}", blackbox_image="no-such-image:local", slots=1
    )
    async with starting("runner", settings, tmp_path) as service:
        await service.wait_for_reason("engine", f"the engine at unix://{socket} does not answer: ")
        socket.symlink_to("/var/run/docker.sock")

        await service.wait_for_reason("engine", "no-such-image:local")  # what the engine itself says
