"""Commands are listed without being imported, and are what the list says."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from arena.commands.app import app
from arena.commands.lazy_group import LazyGroup, Listed

HEAVY = ("bayesmark", "numpy", "scipy", "pandas", "xarray", "sklearn", "plotly", "aiodocker", "pydantic", "websockets")


def all_listed(group: LazyGroup) -> Iterator[Listed]:
    for each in group.listed.values():
        yield each
        command = each.load()
        if isinstance(command, LazyGroup):
            yield from all_listed(command)


@pytest.mark.parametrize("listed", list(all_listed(app)), ids=lambda each: each.place)
def test_a_listed_command_is_there_and_its_help_begins_with_what_the_list_says(listed: Listed) -> None:
    command = listed.load()

    assert command.help.split("\n\n")[0].replace("\n", " ") == listed.summary
    assert command.name in {listed.name, "", None}


@pytest.fixture
def refusing_platform() -> Iterator[str]:
    """A platform that answers 501 to everything."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run_and_list_heavy(*arguments: str, url: str = "http://127.0.0.1:9") -> list[str]:
    """Run a command in a process of its own; returns which heavy libraries it has loaded at its end."""
    code = (
        f"import atexit, sys; sys.argv = ['arena', *{arguments!r}]\n"
        f"atexit.register(lambda: print('loaded', *[each for each in {HEAVY!r} if each in sys.modules]))\n"
        "from arena.commands.app import main\n"
        "main()"
    )
    environment = {**os.environ, "ARENA_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60, env=environment
    )
    said, *heavy = done.stdout.splitlines()[-1].split()
    assert said == "loaded", done.stderr
    return heavy


@pytest.mark.parametrize("command", ["", "baseline", "baseline build", "submit", "estimate", "check", "final show"])
def test_help_loads_no_library_of_studies_or_statistics(command: str) -> None:
    loaded = run_and_list_heavy(*command.split(), "--help")

    assert set(loaded) <= {"pydantic"}  # 'arena check' describes the limits, which are a model


def test_submit_loads_neither_models_nor_feeds_before_the_platform_answers(
    refusing_platform: str, tmp_path: Path
) -> None:
    (tmp_path / "optimizer.py").write_text("class Optimizer: ...")

    loaded = run_and_list_heavy("submit", str(tmp_path), "--competition", "c", url=refusing_platform)

    assert set(loaded) <= {"pydantic"}  # by typer 0.29, which the package does not take


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app.main(["--help"], prog_name="arena")

    shown = capsys.readouterr().out
    assert all(f" {each.name} " in shown and each.summary[:40] in shown for each in app.listed.values())


def test_a_misspelt_command_is_refused_with_the_name_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        app.main(["leaderbord"], prog_name="arena")

    assert end.value.code == 2
    assert "leaderboard" in capsys.readouterr().err
