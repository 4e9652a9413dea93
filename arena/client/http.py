"""The HTTP API as the commands use it: where it is, as whom, and what goes wrong."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential
from websockets.sync.client import ClientConnection, connect

DEFAULT_URL = "http://127.0.0.1:8080"
ORGANIZER_TOKEN = Path(".arena/organizer-token")
TIMEOUT_S = 30.0
RETRY_S = 120.0
FEED_LIMIT_BYTES = 64 * 1024**2

Body = dict[str, Any]


class Failure(Exception):
    """A command did not do what it was asked; the text is for whoever asked."""

    def __init__(self, sentence: str, problem: Body | None = None) -> None:
        super().__init__(sentence)
        self.problem = problem or {"title": "Failed", "detail": sentence}


class _Unavailable(Exception):
    """The platform, or a part of it, is away for now."""


class Client:
    """Requests to one platform with one token. What is away for a moment is asked again for RETRY_S seconds."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=self.url, headers=self._headers, timeout=TIMEOUT_S)

    def get(self, path: str, **query: Any) -> Body:
        """GET an object."""
        return self._json("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Body | None = None) -> Body:
        """POST an object. Not repeated once it may have had its effect."""
        return self._json("POST", path, repeat=False, json=body)

    def put(self, path: str, body: Body) -> Body:
        """PUT an object."""
        return self._json("PUT", path, json=body)

    def delete(self, path: str) -> Body:
        """DELETE, and return what is said of it."""
        return self._json("DELETE", path)

    def submit(self, slug: str, phase: str | None, filename: str, content: bytes) -> Body:
        """Upload a zip; the key makes repeating it harmless."""
        return self._json(
            "POST",
            f"/api/v1/competitions/{slug}/submissions",
            files={"file": (filename, content, "application/zip")},
            data={"phase": phase} if phase else None,
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )

    def start_organizer_run(self, slug: str, filename: str, content: bytes, organizer_run: Body) -> Body:
        """Start the organizer's own studies; one organizer_run is never run twice, so repeating this is harmless."""
        return self._json(
            "POST",
            f"/api/v1/admin/competitions/{slug}/organizer-runs",
            files={"file": (filename, content, "application/zip")},
            data={"organizer_run": json.dumps(organizer_run)},
        )

    def upload_dataset(self, slug: str, name: str, content: bytes) -> Body:
        """Upload a CSV file; the same again is the same."""
        return self._json(
            "POST",
            f"/api/v1/admin/competitions/{slug}/datasets",
            files={"file": (f"{name}.csv", content, "text/csv")},
            data={"name": name},
        )

    @contextmanager
    def lines(self, path: str, **query: Any) -> Iterator[Iterator[str]]:
        """GET a stream of lines."""
        query = {name: value for name, value in query.items() if value is not None}
        with self._http.stream("GET", path, params=query, timeout=httpx.Timeout(TIMEOUT_S, read=300)) as answer:
            if answer.is_error:
                answer.read()
                raise _failure(answer)
            yield answer.iter_lines()

    def feed(self, path: str) -> ClientConnection:
        """Open a live feed."""
        url = "ws" + self.url.removeprefix("http") + path
        return connect(url, additional_headers=self._headers, max_size=FEED_LIMIT_BYTES, open_timeout=TIMEOUT_S)

    def _json(self, method: str, path: str, *, repeat: bool = True, **request: Any) -> Body:
        retrying = Retrying(
            stop=stop_after_delay(RETRY_S if repeat else 0),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            retry=retry_if_exception_type(_Unavailable),
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    body: Body = self._ask(method, path, **request).json()
        except _Unavailable as error:
            raise Failure(str(error)) from error
        return body

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise _Unavailable(
                f"No answer from {self.url} ({error!r}); is it running, and is ARENA_URL right?"
            ) from error
        if answer.status_code == 503:
            raise _Unavailable(_failure(answer).args[0])
        if answer.is_error:
            raise _failure(answer)
        return answer


def _failure(answer: httpx.Response) -> Failure:
    try:
        problem = answer.json()
        return Failure(f"{problem['title']}: {problem['detail']}", problem)
    except (ValueError, KeyError, TypeError):
        return Failure(f"{answer.status_code} {answer.reason_phrase}: {answer.text[:200]}")


def client_from_environment() -> Client:
    """Return the client that ARENA_URL and ARENA_TOKEN name; the demo's organizer token is found by itself."""
    token = os.environ.get("ARENA_TOKEN")
    if token is None and ORGANIZER_TOKEN.exists():
        token = ORGANIZER_TOKEN.read_text()
    return Client(os.environ.get("ARENA_URL", DEFAULT_URL), token.strip() if token else None)


def read_json(path: Path) -> Body:
    """Return the object in a JSON file."""
    try:
        body: Body = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Failure(f"Cannot read {path} as JSON: {error}.") from error
    return body
