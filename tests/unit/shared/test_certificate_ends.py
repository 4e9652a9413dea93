"""When certificates end, as a service tells it."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from prometheus_client import REGISTRY

from shared.connecting.tls import TlsFiles
from tests.support.certificates import make_certificates


def told_end(whose: str) -> float | None:
    labels = {"connection": "broker", "whose": whose}
    return REGISTRY.get_sample_value("arena_certificate_expires_timestamp_seconds", labels)


def end_of(file: Path) -> float:
    return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(file.read_bytes())).timestamp()


async def connect(tls: TlsFiles, folder: Path) -> None:
    """Connect to a server with the certificate in the folder, which closes at once."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0, ssl=context)
    async with server:
        _, writer = await asyncio.open_connection(
            "localhost", server.sockets[0].getsockname()[1], ssl=tls.make_context()
        )
        writer.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_the_end_of_each_certificate_of_a_connection_is_told(
    run: Callable[[Coroutine[Any, Any, None]], None], tmp_path: Path
) -> None:
    made = make_certificates(tmp_path / "tls", "localhost")

    run(connect(TlsFiles("ARENA_BROKER", made.ca, made.client, made.client_key), made.folder))

    assert told_end("server") == end_of(made.folder / "server.pem")
    assert told_end("CA") == end_of(made.ca)
    assert told_end("service") == end_of(made.client)


def test_a_ca_that_has_ended_among_others_is_no_alarm(tmp_path: Path) -> None:
    made, ended = (
        make_certificates(tmp_path / "tls", "localhost"),
        make_certificates(tmp_path / "old", "localhost", has_expired=True),
    )
    list_of_cas = tmp_path / "cas.pem"
    list_of_cas.write_bytes((ended.folder / "server.pem").read_bytes() + made.ca.read_bytes())

    TlsFiles("ARENA_BROKER", list_of_cas).make_context()

    assert told_end("CA") == end_of(made.ca)
