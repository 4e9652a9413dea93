"""`arena login`: platforms and tokens that are kept for all commands, and sent nowhere else."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from arena.failure import ExitCode

ROOT = Path(__file__).parents[3]
LIMIT_S = 60
KNOWN = {"Bearer one", "Bearer two", None}


class Platform(BaseHTTPRequestHandler):
    """Has no competitions, knows two tokens, and remembers what was sent."""

    seen: list[tuple[int, str | None]]

    def do_GET(self) -> None:
        token = self.headers.get("Authorization")
        self.seen.append((self.connection.getsockname()[1], token))
        known = token in KNOWN
        body: dict[str, Any] = {"competitions": [], "next": None}
        if not known:
            body = {"title": "Unauthorized", "detail": "Not known here."}
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def platforms() -> Iterator[tuple[ThreadingHTTPServer, ThreadingHTTPServer]]:
    Platform.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Platform) as a, ThreadingHTTPServer(("127.0.0.1", 0), Platform) as b:
        for each in (a, b):
            threading.Thread(target=each.serve_forever, daemon=True).start()
        yield a, b
        for each in (a, b):
            each.shutdown()


def url(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


class User:
    """Somebody with a configuration folder."""

    def __init__(self, home: Path) -> None:
        self.configuration = home / "configuration"
        self.folder = home

    def start(self, *arguments: str, stdin: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "arena", *arguments],
            env={**os.environ, "XDG_CONFIG_HOME": str(self.configuration), "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            stdin=stdin,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that the command has no other terminal than the one it is given
        )

    def run(self, *arguments: str, typed: str = "", **environment: str) -> tuple[int, str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ARENA_")}
        done = subprocess.run(
            [sys.executable, "-m", "arena", *arguments],
            env={**clean, "XDG_CONFIG_HOME": str(self.configuration), "PYTHONPATH": str(ROOT), **environment},
            cwd=self.folder,
            input=typed,
            text=True,
            capture_output=True,
            check=False,
            timeout=LIMIT_S,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def user(tmp_path: Path) -> User:
    return User(tmp_path)


def test_who_is_logged_in_needs_no_variables_and_chooses_among_platforms_by_name(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer]
) -> None:
    a, b = platforms
    for name, server, token in (("lab", a, "one"), ("world", b, "two")):
        code, output, errors = user.run("login", name, "--url", url(server), typed=f"{token}\n")
        assert (code, output) == (0, f"{name}: logged in to {url(server)}\n"), errors
    Platform.seen.clear()

    user.run("competitions", "--json")
    user.run("competitions", "--json", ARENA_PLATFORM="lab")
    listed = json.loads(user.run("platforms", "--json")[1])
    piped = user.run("platforms")[1]

    assert Platform.seen == [(b.server_port, "Bearer two"), (a.server_port, "Bearer one")]
    assert [(each["name"], each["current"]) for each in listed["platforms"]] == [("lab", False), ("world", True)]
    assert piped.splitlines()[2].split("\t") == ["world", url(b), "current"]
    assert "two" not in piped


def test_tokens_are_readable_by_their_user_alone_and_printed_nowhere(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer]
) -> None:
    _, output, errors = user.run("login", "--url", url(platforms[0]), typed="one\n")

    (file,) = [path for path in user.configuration.rglob("*") if path.is_file()]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "one" in file.read_text()
    assert "Bearer" not in output + errors
    assert not any(word.strip(".:,") == "one" for word in (output + errors).split())


def test_a_token_goes_to_no_platform_but_its_own(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer]
) -> None:
    a, b = platforms
    user.run("login", "--url", url(a), typed="one\n")
    Platform.seen.clear()

    user.run("competitions", "--json", ARENA_URL=url(b))
    user.run("competitions", "--json", ARENA_URL=url(b), ARENA_TOKEN="two")
    user.run("competitions", "--json", ARENA_TOKEN="two")

    assert Platform.seen == [(b.server_port, None), (b.server_port, "Bearer two"), (a.server_port, "Bearer two")]


def test_a_token_that_the_platform_does_not_know_is_not_kept(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer]
) -> None:
    code, _, errors = user.run("login", "--url", url(platforms[0]), typed="wrong\n")

    assert (code, "Not known here." in errors) == (1, True)
    assert not list(user.configuration.rglob("*.json"))
    assert user.run("login", "--url", url(platforms[0]), typed="\n")[0] == 1
    assert user.run("login", "--url", "arena.example.org", typed="one\n")[0] == 1


def test_a_platform_is_forgotten_with_its_token_and_a_name_that_is_not_there_is_refused_with_those_that_are(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer]
) -> None:
    user.run("login", "lab", "--url", url(platforms[0]), typed="one\n")
    user.run("login", "world", "--url", url(platforms[1]), typed="two\n")

    code, _, errors = user.run("competitions", ARENA_PLATFORM="lap")
    assert (code, "lab, world" in errors) == (1, True)
    assert user.run("logout", "world")[0] == 0
    assert [path.read_text().count("token") for path in user.configuration.rglob("*.json")] == [1]
    assert user.run("logout", "world")[0] == 1


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal: the one that types, and the one that a command reads."""
    ends = pty.openpty()
    yield ends
    for end in ends:
        os.close(end)


def read_question(process: subprocess.Popen[str]) -> None:
    """Read what a command asks, up to where it waits for the answer."""
    assert process.stderr is not None
    asked = ""
    while not asked.endswith(": "):
        asked += process.stderr.read(1)
        assert asked != "", "the command ended without asking"


def test_on_a_terminal_the_token_is_asked_for_and_what_is_typed_is_not_shown(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer], terminal: tuple[int, int]
) -> None:
    typing, reading = terminal
    process = user.start("login", "--url", url(platforms[0]), stdin=reading)
    read_question(process)
    os.write(typing, b"one\n")

    output, errors = process.communicate(timeout=LIMIT_S)

    assert process.returncode == ExitCode.DONE, errors
    assert "logged in" in output
    os.set_blocking(typing, False)
    with pytest.raises(BlockingIOError):
        os.read(typing, 1)  # a terminal that shows what is typed would send it back


def test_ctrl_c_at_the_question_for_a_token_is_one_sentence_and_130_and_keeps_nothing(
    user: User, platforms: tuple[ThreadingHTTPServer, ThreadingHTTPServer], terminal: tuple[int, int]
) -> None:
    process = user.start("login", "--url", url(platforms[0]), stdin=terminal[1])
    read_question(process)
    process.send_signal(signal.SIGINT)

    output, errors = process.communicate(timeout=LIMIT_S)

    assert (process.returncode, output) == (ExitCode.STOPPED, "")
    assert errors.splitlines()[-1] == "arena: Stopped; nothing was kept."
    assert not list(user.configuration.rglob("*.json"))
