"""TLS to a real RabbitMQ and a real Postgres: what is trusted, what is refused, and which setting a reason names."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.broker.connection import connect_broker
from shared.connecting.backoff import StoppedBeforeStart
from shared.connecting.readiness import ServiceReadiness
from shared.connecting.tls import TlsFiles
from shared.database import connect_database
from shared.database_logins import LoginSettings, set_logins
from tests.support.backends import PASSWORD, as_user
from tests.support.certificates import Certificates, make_certificates
from tests.support.service_settings import platform_settings
from tests.support.starting import starting
from tests.support.template_database import migrate
from tests.support.tls_servers import TlsServer, tls_server
from tests.support.waiting import wait_until

KINDS = ("broker", "database")


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    """A broker or a database whose certificate is for `localhost`, and which wants one of its clients."""
    with tls_server(request.param, make_certificates(tmp_path_factory.mktemp("tls") / "valid", "localhost")) as server:
        yield server


@pytest.fixture(scope="module", params=KINDS)
def expired(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    """The same with a certificate that has expired."""
    folder = tmp_path_factory.mktemp("tls") / "expired"
    with tls_server(request.param, make_certificates(folder, "localhost", has_expired=True)) as server:
        yield server


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of another CA."""
    return make_certificates(tmp_path_factory.mktemp("tls") / "others", "localhost")


async def connect(kind: str, url: SecretStr, tls: TlsFiles, readiness: ServiceReadiness) -> None:
    if kind == "broker":
        async with connect_broker(url, tls, readiness):
            pass
    else:
        await (await connect_database(url, tls, readiness)).close()


async def find_reason(server: TlsServer, url: SecretStr, tls: TlsFiles) -> str:
    """Return why a service would say that it cannot use this server, once the server answers at all."""
    readiness = ServiceReadiness(asyncio.Event(), server.kind)
    connecting = asyncio.create_task(connect(server.kind, url, tls, readiness))
    found = ""

    async def is_found() -> bool:
        nonlocal found
        found = await readiness.checks[server.kind]() or ""
        is_starting = any(sign in found for sign in ("has not answered yet", "does not answer", "starting up"))
        return connecting.done() or not is_starting

    await wait_until(is_found, what="a reason")
    readiness.stop.set()
    with suppress(StoppedBeforeStart):
        await connecting
    return found


def make_tables(server: TlsServer) -> None:
    files = f"sslrootcert={server.tls.ca}&sslcert={server.tls.certificate}&sslkey={server.tls.key}"
    migrate(server.url().get_secret_value(), tls=f"sslmode=verify-full&{files}")


async def test_a_server_of_the_right_ca_is_used_with_a_client_certificate(server: TlsServer) -> None:
    if server.kind == "database":
        server.tls.key.chmod(0o600)  # type: ignore[union-attr]  # dbmate's library wants it so
        await asyncio.to_thread(make_tables, server)
        password = SecretStr(PASSWORD)
        await set_logins(
            LoginSettings(
                database_url=server.url(),
                database_ca_file=server.tls.ca,
                database_certificate_file=server.tls.certificate,
                database_key_file=server.tls.key,
                gateway_database_password=password,
                dispatcher_database_password=password,
                aggregator_database_password=password,
            )
        )
        url = SecretStr(as_user("gateway", server.url().get_secret_value()))
        async with await connect_database(url, server.tls) as pool:
            assert await pool.fetchval("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    else:
        async with connect_broker(server.url(), server.tls) as broker:
            assert await broker.check() is None


async def test_a_server_of_another_ca_is_refused(server: TlsServer, others: Certificates) -> None:
    reason = await find_reason(server, server.url(), replace(server.tls, ca=others.ca))
    assert f"the {server.kind} at localhost:{server.port} shows a certificate that is not trusted" in reason
    assert reason.endswith(f"see {server.settings}_CA_FILE")


async def test_a_service_goes_on_by_itself_when_its_ca_file_is_mended(
    server: TlsServer, others: Certificates, database_url: str, broker_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(others.ca.read_bytes())
    login = server.url().get_secret_value().replace("//gateway:", "//dispatcher:")
    files = {"ca_file": file, "certificate_file": server.tls.certificate, "key_file": server.tls.key}
    changes = {f"{server.kind}_{name}": path for name, path in files.items()}
    settings = platform_settings(database_url, broker_url, tmp_path).with_changes(
        **changes, **{f"{server.kind}_url": SecretStr(login)}
    )

    async with starting("dispatcher", settings, tmp_path) as service:
        await service.wait_for_reason(server.kind, f"see {server.settings}_CA_FILE")
        file.write_bytes(server.certificates.ca.read_bytes())

        async def is_trusted() -> bool:
            return "not trusted" not in (await service.reasons()).get(server.kind, "")

        await wait_until(is_trusted, what="the server is trusted")


async def test_a_certificate_that_has_expired_is_refused(expired: TlsServer) -> None:
    reason = await find_reason(expired, expired.url(), expired.tls)
    assert "shows a certificate that has expired" in reason
    assert reason.endswith(f"see {expired.settings}_URL")


async def test_a_certificate_of_another_host_is_refused(server: TlsServer) -> None:
    reason = await find_reason(server, server.url("127.0.0.1"), server.tls)
    assert "shows a certificate for another host" in reason
    assert reason.endswith(f"see {server.settings}_URL")


async def test_a_missing_client_certificate_is_told(server: TlsServer) -> None:
    where, setting = f"the {server.kind} at localhost:{server.port}", f"{server.settings}_CERTIFICATE_FILE"
    reason = await find_reason(server, server.url(), TlsFiles(server.settings, server.tls.ca))
    assert reason == f"{where} wants a client certificate; see {setting}"


async def test_a_client_certificate_of_another_ca_is_told(server: TlsServer, others: Certificates) -> None:
    tls = replace(server.tls, certificate=others.client, key=others.client_key)
    reason = await find_reason(server, server.url(), tls)
    assert reason.endswith(f"see {server.settings}_CERTIFICATE_FILE")


async def test_a_file_that_cannot_be_read_is_named(server: TlsServer, others: Certificates) -> None:
    missing = others.folder / "missing.pem"
    ca = await find_reason(server, server.url(), replace(server.tls, ca=missing))
    certificate = await find_reason(server, server.url(), replace(server.tls, certificate=missing))
    assert f"{server.settings}_CA_FILE: cannot read {missing}" in ca
    assert f"{server.settings}_CERTIFICATE_FILE, {server.settings}_KEY_FILE: cannot read {missing}" in certificate
