"""Blobs over HTTP from a server that is gone, is not trusted, or stops in the middle."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trustme
from pydantic import SecretStr

from services.runner.blobs.over_http import GatewayBlobs
from shared.blobs import BlobAccessRefused, BlobStoreUnavailable
from tests.support.stack import free_port

SHA256 = "ab" * 32
NO_SUCH_BLOB = b'{"code": "no_such_blob"}'


@asynccontextmanager
async def answering(answer: bytes, trusted: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that gives every request this answer and closes the connection; yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=trusted) as server:
        yield server.sockets[0].getsockname()[1]


def head(status: str, length: int) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode()


def source(port: int, *, scheme: str = "http", ca_file: Path | None = None) -> GatewayBlobs:
    return GatewayBlobs(f"{scheme}://localhost:{port}", SecretStr("a token"), ca_file)


@asynccontextmanager
async def with_certificate(authority: trustme.CA) -> AsyncIterator[int]:
    """A gateway without any blob whose certificate this authority signed; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    async with answering(head("404 Not Found", len(NO_SUCH_BLOB)) + NO_SUCH_BLOB, context) as port:
        yield port


async def test_a_stream_that_is_cut_in_the_middle_is_an_error() -> None:
    async with answering(head("200 OK", 100) + b"only this") as port:
        with pytest.raises(BlobStoreUnavailable, match="not to the end"):
            _ = [chunk async for chunk in source(port).read(SHA256)]


async def test_a_server_that_does_not_answer_is_named_with_the_setting() -> None:
    port = free_port()
    reason = await source(port).check()
    assert reason is not None
    assert f"http://localhost:{port} does not answer" in reason
    assert "Check ARENA_BLOB_URL" in reason


async def test_a_server_that_takes_a_request_and_stays_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.runner.blobs.over_http.TIMEOUT", httpx.Timeout(0.1))
    done = asyncio.Event()

    async def stay_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    async with await asyncio.start_server(stay_silent, "127.0.0.1", 0) as server:
        reason = await source(server.sockets[0].getsockname()[1]).check()
        done.set()
    assert "does not answer" in (reason or "")


async def test_an_address_that_is_none_is_named_too() -> None:
    reason = await GatewayBlobs("http://gateway:no-port", None, None).check()
    assert "Check ARENA_BLOB_URL" in (reason or "")


async def test_a_certificate_of_an_authority_in_the_ca_file_is_trusted(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with with_certificate(authority) as port:
        assert await source(port, scheme="https", ca_file=tmp_path / "ca.pem").check() is None


async def test_a_certificate_of_another_authority_is_refused_with_what_to_set(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    async with with_certificate(trustme.CA()) as port:
        for ca_file in (None, tmp_path / "other.pem"):
            reason = await source(port, scheme="https", ca_file=ca_file).check()
            assert reason is not None
            assert "is not trusted" in reason
            assert "Set ARENA_BLOB_CA_FILE" in reason


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_ca_file_that_is_missing_or_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BlobAccessRefused, match=f"ARENA_BLOB_CA_FILE: cannot read {file}"):
        _ = [chunk async for chunk in source(1, scheme="https", ca_file=file).read(SHA256)]


@pytest.mark.parametrize(
    ("status", "body", "fragment"),
    [
        ("404 Not Found", b"<html>", "Expected a gateway of Arena at ARENA_BLOB_URL"),
        ("302 Found", b"", "Expected a gateway of Arena at ARENA_BLOB_URL"),
        ("503 Service Unavailable", b'{"code": "unavailable"}', "answers 503 now"),
        ("429 Too Many Requests", b'{"code": "rate_limited"}', "does not know the token, or it was revoked"),
    ],
)
async def test_an_answer_that_is_no_blob_says_what_it_is(status: str, body: bytes, fragment: str) -> None:
    async with answering(head(status, len(body)) + body) as port:
        assert fragment in (await source(port).check() or "")
