"""The command `arena` itself: its version, its help, completion, and how everything ends."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest

from arena.commands.app import app
from arena.commands.lazy_group import LazyGroup
from arena.failure import ExitCode

ROOT = Path(__file__).parents[3]
LIMIT_S = 60


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "arena", *arguments],
        env={**os.environ, "ARENA_URL": "http://127.0.0.1:9", **environment},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = start(*arguments, **environment)
    output, errors = process.communicate(timeout=LIMIT_S)
    return process.returncode, output, errors


def commands(group: LazyGroup, path: str = "arena") -> Iterator[tuple[str, object]]:
    for each in group.listed.values():
        command = each.load()
        if isinstance(command, LazyGroup):
            yield from commands(command, f"{path} {each.name}")
        else:
            yield f"{path} {each.name}", command


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version") == (0, f"arena {version('arena')}\n", "")


@pytest.mark.parametrize("path", [(), ("baseline",), ("team", "create"), ("final", "show")])
def test_h_is_short_for_help_everywhere(path: tuple[str, ...]) -> None:
    assert run(*path, "-h") == run(*path, "--help")
    assert run(*path, "-h")[0] == 0


def test_the_help_names_the_environment_variables() -> None:
    _, shown, _ = run("--help")

    assert {"ARENA_URL", "ARENA_TOKEN", "ARENA_PLATFORM"} <= set(shown.split())


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("arena sub", ["submit", "submissions"]),
        ("arena baseline b", ["build"]),
        ("arena submit --comp", ["--competition"]),
    ],
)
def test_a_shell_completes_commands_and_options(typed: str, completed: list[str]) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}

    code, shown, errors = run(_ARENA_COMPLETE="complete_bash", **words)

    assert (code, sorted(shown.split())) == (0, sorted(completed)), errors


def test_completion_of_a_command_that_does_not_exist_is_empty() -> None:
    code, shown, errors = run(_ARENA_COMPLETE="complete_bash", COMP_WORDS="arena nonsense x", COMP_CWORD="2")

    assert (code, shown.strip()) == (0, ""), errors


def test_completion_is_installed_for_the_users_shell(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m arena --install-completion; true"],  # a shell that is the command's parent
        env={**os.environ, "HOME": str(tmp_path)},
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        timeout=LIMIT_S,
    )

    assert "bash completion installed" in done.stdout, done.stderr
    assert "_ARENA_COMPLETE" in (tmp_path / ".bash_completions/arena.sh").read_text()


def test_every_command_that_prints_data_has_json() -> None:
    without = [
        path
        for path, command in commands(app)
        if "--json" not in {option for each in command.params for option in each.opts}  # type: ignore[attr-defined]
    ]

    assert without == []


def codes_in_docs() -> dict[int, str]:
    page = (ROOT / "docs/reference/exit-codes.md").read_text()
    return {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| (.+) \|$", page, flags=re.M)}


def test_the_page_of_exit_codes_has_those_of_the_code() -> None:
    assert sorted(codes_in_docs()) == sorted(ExitCode)


def test_the_page_of_exit_codes_has_every_command_that_answers_by_its_code() -> None:
    page = (ROOT / "docs/reference/exit-codes.md").read_text()

    answering = {path for path, command in commands(app) if "exit code" in (command.help or "")}  # type: ignore[attr-defined]

    assert answering == set(re.findall(r"^\| `(arena [a-z -]+)` \|", page, flags=re.M))


def test_wrong_arguments_end_with_the_code_of_wrong_usage() -> None:
    code, output, errors = run("submit")

    assert (code, output) == (ExitCode.USAGE, "")
    assert "ZIP" in errors


class Silent(BaseHTTPRequestHandler):
    """Answers nothing until the test is over."""

    asked = threading.Event()
    over = threading.Event()

    def do_GET(self) -> None:
        self.asked.set()
        self.over.wait(LIMIT_S)


@pytest.fixture
def silent_platform() -> Iterator[str]:
    Silent.asked.clear()
    Silent.over.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        Silent.over.set()
        server.shutdown()


@pytest.mark.parametrize("arguments", [("leaderboard", "--competition", "c"), ("token", "list"), ("competitions",)])
@pytest.mark.parametrize("json_option", [(), ("--json",)])
def test_ctrl_c_is_one_sentence_and_130_whatever_runs(
    silent_platform: str, arguments: tuple[str, ...], json_option: tuple[str, ...]
) -> None:
    process = start(*arguments, *json_option, ARENA_URL=silent_platform, ARENA_TOKEN="t")
    assert Silent.asked.wait(LIMIT_S)

    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=LIMIT_S)

    assert (process.returncode, output) == (ExitCode.STOPPED, "")
    sentence = json.loads(errors)["detail"] if json_option else errors.removeprefix("arena: ").removesuffix("\n")
    assert sentence.startswith("Stopped.")
    assert "\n" not in sentence


def test_piped_nothing_is_drawn_and_nothing_is_coloured() -> None:
    code = "from arena.terminal import console, remark, show_rule; show_rule('title'); show_rule(); remark('x ' * 99)"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, check=True)

    assert done.stdout == "-- title\n"
    assert done.stderr == "x " * 99 + "\n"
