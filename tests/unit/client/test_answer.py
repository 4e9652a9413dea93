"""Answers are parsed on arrival, and lists are read to their end."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from arena.api.accounts import RevokedToken, TeamToken
from arena.client.answer import PlatformAnswer
from arena.client.http import Client
from arena.failure import Failure


class Pages(BaseHTTPRequestHandler):
    """A list of three things, of which a page holds one; and one that has no pages."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        number = int(parse_qs(url.query).get("cursor", ["0"])[0])
        page = {"things": [number], "seed": "s", "next": str(number + 1) if number < 2 else None}
        body = json.dumps(page if url.path == "/paged" else {"things": [1, 2]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def client() -> Iterator[Client]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Client(f"http://127.0.0.1:{server.server_port}", None)
        server.shutdown()


def test_a_list_is_read_page_by_page_to_its_end(client: Client) -> None:
    assert client.get_all("/paged", "things").json == {"things": [0, 1, 2], "seed": "s", "next": None}


def test_a_list_without_pages_is_whole_as_it_comes(client: Client) -> None:
    assert client.get_all("/whole", "things").json == {"things": [1, 2]}


def test_a_field_that_a_newer_platform_adds_is_ignored() -> None:
    assert PlatformAnswer({"team": "a", "token": "t", "colour": "red"}).parse(TeamToken) == TeamToken(
        team="a", token="t"
    )


def test_an_answer_that_is_something_else_is_said_with_what_is_wrong() -> None:
    with pytest.raises(Failure, match=r"Expected the platform to answer with a RevokedToken.*revoked_at"):
        PlatformAnswer({"id": "0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10"}).parse(RevokedToken)
