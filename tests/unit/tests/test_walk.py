"""A walk notices what it is there to notice."""

from pathlib import Path

import pytest

from tests.support.end_to_end.docs_page import Block, read_blocks
from tests.support.end_to_end.recording_arena import is_repeatable
from tests.support.end_to_end.walk import Asked, cut_in, faults_of_pipe, unpiped

TOKEN = "74c06dd9-f5c1-4a5b-9d6e-0f8a7c1b2d3e"


@pytest.mark.parametrize(
    ("output", "cut"),
    [
        (f"│ {TOKEN} │", False),
        ("│ 74c06dd9-f… │", True),
        ("│ 74c06dd9-f5c1-4a5b- │\n│ 9d6e-0f8a7c1b2d3e │", True),
        ("the terminal shows other columns", False),
    ],
)
def test_an_identifier_of_which_a_terminal_shows_only_the_beginning_is_cut(output: str, cut: bool) -> None:
    assert cut_in(output, f"{TOKEN}\tada\n") == ({TOKEN} if cut else set())


@pytest.mark.parametrize(
    ("arguments", "piped", "right"),
    [
        (("token", "list"), "id\tof\n1\tada\n", True),
        (("token", "list"), "┃ id ┃ of  ┃\n", False),
        (("token", "list"), "\x1b[1mid\x1b[0m\tof\n", False),
        (("token", "list"), "id\tof\n74c0…\tada\n", False),
        (("token", "list"), "id\tof\n1\tada\tbob\n", False),
        (("token", "list", "--json"), '{"tokens": []}\n', True),
        (("token", "list", "--json"), "id\tof\n", False),
    ],
)
def test_a_pipe_gets_text_that_a_script_can_read(arguments: tuple[str, ...], piped: str, right: bool) -> None:
    assert (faults_of_pipe(Asked(arguments, 0, piped), piped) == []) is right


def test_a_command_that_was_seen_on_a_terminal_alone_is_named() -> None:
    asked = [
        Asked(("token", "list"), 0, None),
        Asked(("token", "revoke", TOKEN), 0, None),
        Asked(("token", "list"), 0, "id\n"),
    ]
    assert unpiped(asked) == ["arena token revoke was not seen through a pipe"]


@pytest.mark.parametrize(
    ("command", "again"),
    [
        ("status 1", True),
        ("token list", True),
        ("competition apply a.toml --dry-run", True),
        ("competition apply a.toml", False),
        ("token revoke 1", False),
        ("submit mine", False),
    ],
)
def test_only_what_changes_nothing_is_asked_again(command: str, again: bool) -> None:
    assert is_repeatable(tuple(command.split())) is again


def test_a_page_shows_what_its_commands_write(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\nls\n```\n\n```\none ... three\n```\n\n```browser $ada\n/c/walk\n```\n\n```\nAda\n```\n")

    listed, opened = read_blocks(page)

    assert listed.is_shown_in("zero\none   two\nthree\nfour\n")
    assert not listed.is_shown_in("one two\n")
    assert opened == Block("", "browser", "$ada", "/c/walk\n", "Ada\n")
