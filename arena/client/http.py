"""The HTTP API as the commands use it: where it is, who asks, and what can go wrong."""

import json
import os
import random
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from arena.client.answer import PlatformAnswer
from arena.client.wording import word_problem
from arena.failure import Failure

DEFAULT_URL = "http://127.0.0.1:8080"
ORGANIZER_TOKEN = Path(".arena/organizer-token")
TIMEOUT_S = 30.0
UPLOAD_TIMEOUT_S = 600.0
PATIENCE_S = 600.0
"""For the answer to a large zip, which is unpacked once before it is accepted."""
RETRY_S = 120.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 5.0


class _Unavailable(Exception):
    """The platform, or a part of it, does not answer at the moment."""


class Client:
    """Requests to one platform with one token. A platform that does not answer is asked again for `retry_s` seconds."""

    def __init__(self, url: str, token: str | None, *, retry_s: float = RETRY_S) -> None:
        self.url = url.rstrip("/")
        self._retry_s = retry_s
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Loading the certificate authorities takes as long as a command may; without TLS none are needed.
        verify = True if self.url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.Client(base_url=self.url, headers=self.headers, timeout=TIMEOUT_S, verify=verify)

    def get(self, path: str, **query: Any) -> PlatformAnswer:
        """GET an object."""
        return self._json("GET", path, params={name: value for name, value in query.items() if value is not None})

    def get_patiently(self, path: str) -> PlatformAnswer:
        """GET an object for which the platform may have to look through all of its data."""
        return self._json("GET", path, timeout=httpx.Timeout(TIMEOUT_S, read=PATIENCE_S))

    def get_all(self, path: str, things: str, **query: Any) -> PlatformAnswer:
        """GET a list page by page, as one page that holds all its `things`."""
        page = self.get(path, **query).json
        whole = dict(page)
        while cursor := page.get("next"):
            page = self.get(path, **query, cursor=cursor).json
            whole[things] = [*whole[things], *page[things]]
        return PlatformAnswer(whole | {"next": None} if "next" in whole else whole)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> PlatformAnswer:
        """POST an object. It is not repeated once it may have had its effect."""
        return self._json("POST", path, repeat=False, json=body)

    def put(self, path: str, body: Mapping[str, Any], **query: Any) -> PlatformAnswer:
        """PUT an object."""
        return self._json("PUT", path, json=body, params=query)

    def delete(self, path: str) -> PlatformAnswer:
        """DELETE, and return the answer."""
        return self._json("DELETE", path)

    def submit(
        self,
        slug: str,
        phase: str | None,
        filename: str,
        zip_file: Path,
        *,
        environment: str | None = None,
        publish_zip: bool = False,
    ) -> PlatformAnswer:
        """Upload a zip; the key makes repeating it harmless."""
        form = {"phase": phase, "environment": environment, "publish_zip": "true" if publish_zip else None}
        return self._json(
            "POST",
            f"/api/v1/competitions/{slug}/submissions",
            upload=(filename, zip_file),
            data={name: value for name, value in form.items() if value},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )

    def start_organizer_run(
        self, slug: str, filename: str, zip_file: Path, organizer_run: Mapping[str, Any]
    ) -> PlatformAnswer:
        """Start the organizer's own studies; the same are never run twice, so repeating this is harmless."""
        return self._json(
            "POST",
            f"/api/v1/admin/competitions/{slug}/organizer-runs",
            upload=(filename, zip_file),
            data={"organizer_run": json.dumps(organizer_run)},
        )

    def upload_dataset(self, slug: str, name: str, content: bytes) -> PlatformAnswer:
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

    def download(self, path: str, file: Path) -> None:
        """GET a blob into a file."""
        with self._http.stream("GET", path, timeout=httpx.Timeout(TIMEOUT_S, read=300)) as answer:
            if answer.is_error:
                answer.read()
                raise _failure(answer)
            with file.open("wb") as target:
                for piece in answer.iter_bytes():
                    target.write(piece)

    def _json(self, method: str, path: str, *, repeat: bool = True, **request: Any) -> PlatformAnswer:
        """Return the object that answers a request; ask again, with growing random waits, while nobody answers."""
        deadline = time.monotonic() + (self._retry_s if repeat else 0.0)
        wait_s = FIRST_WAIT_S
        while True:
            try:
                answer = self._ask(method, path, **request)
                break
            except _Unavailable as error:
                if time.monotonic() > deadline:
                    raise Failure(str(error)) from error
            time.sleep(random.uniform(0, wait_s))  # noqa: S311 - spreads the clients
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        try:
            return PlatformAnswer(answer.json())
        except ValueError as error:
            raise Failure(f"Expected JSON from {self.url}{path}, got another answer; is Arena there?") from error

    def _ask(self, method: str, path: str, *, upload: tuple[str, Path] | None = None, **request: Any) -> httpx.Response:
        """Ask once; the file of an upload is read while it is sent, and anew each time."""
        try:
            with ExitStack() as opened:
                if upload is not None:
                    filename, file = upload
                    content = opened.enter_context(file.open("rb"))
                    request["files"] = {"file": (filename, content, "application/zip")}
                    request["timeout"] = httpx.Timeout(TIMEOUT_S, read=UPLOAD_TIMEOUT_S)
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
        return Failure(word_problem(problem), problem)
    except (ValueError, KeyError, TypeError):
        return Failure(f"{answer.status_code} {answer.reason_phrase}: {answer.text[:200]}")


def client_from_environment() -> Client:
    """Return the client that ARENA_URL and ARENA_TOKEN name, or else 'arena login'.

    Where neither does, the demo's organizer token is found by itself. The token of a login goes to no other platform:
    with ARENA_URL, it is not sent.
    """
    url, token = os.environ.get("ARENA_URL"), os.environ.get("ARENA_TOKEN")
    if url is None:
        from arena.client.platforms import read_platforms  # noqa: PLC0415 - with both variables it is not needed

        if saved := read_platforms().choose(os.environ.get("ARENA_PLATFORM")):
            return Client(saved.url, token.strip() if token else saved.token)
    if token is None and ORGANIZER_TOKEN.exists():
        token = ORGANIZER_TOKEN.read_text()
    return Client(url or DEFAULT_URL, token.strip() if token else None)
