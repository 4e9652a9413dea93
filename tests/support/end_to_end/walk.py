"""Walks a page of docs/developer/walks: does what it says on a terminal, and says what a user would find wrong."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser
from playwright.async_api import TimeoutError as NotShown

from tests.support.browser.looks import SIZES, find_faults
from tests.support.browser.pages import SCREENSHOTS, sign_in
from tests.support.end_to_end import recording_arena
from tests.support.end_to_end.docs_page import OPEN, RUN, Block, Terminal, read_blocks
from tests.support.installed import Installed
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S, SCORING_LIMIT_S

NOT_FOR_USERS = {"PYTHONPATH", "VIRTUAL_ENV", "XDG_CONFIG_HOME", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
DRAWN = re.compile("[│┃─━╇┡\x1b]")
CUT = re.compile(r".{0,20}…")
NAMES_SOMETHING = re.compile(r"[\w.:-]*\d[\w.:-]*")
PAGE_LIMIT_MS = 60_000
RECOGNIZED_BY = 9
"""So many characters of an identifier tell it from all others."""


@dataclass(frozen=True)
class Asked:
    """A command that was run: what it wrote into a pipe, or None if it wrote on the terminal."""

    arguments: tuple[str, ...]
    code: int
    piped: str | None

    @property
    def command(self) -> str:
        """Its name, as `token list`."""
        first, *rest = self.arguments
        return " ".join((first, *rest[:1])) if first in GROUPS else first

    @property
    def as_json(self) -> bool:
        """Whether it was asked for JSON."""
        return recording_arena.JSON in self.arguments

    def __str__(self) -> str:
        return f"arena {' '.join(self.arguments)}"


GROUPS = {"baseline", "bayesmark", "competition", "phase", "rescore", "submission", "team", "token"}


@dataclass
class Walk:
    """A walk on its way: the terminal, what was asked so far, and what was wrong."""

    terminal: Terminal
    notes: Path
    browser: Browser
    asked: list[Asked] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def walk(self, page: Path) -> None:
        """Do what the page says, block by block."""
        for number, block in enumerate(read_blocks(page), start=1):
            if block.language == OPEN:
                await self._open(block, f"walk-{page.stem}-{number}")
            elif block.language == RUN:
                await self._run(block)
            else:
                file = self.terminal.folder() / block.file
                file.parent.mkdir(exist_ok=True)
                file.write_text(block.text)
        self.faults += unpiped(self.asked)

    async def _run(self, block: Block) -> None:
        code, output = await self.terminal.show(block, SCORING_LIMIT_S)
        print(f"$ {block.text}{output}")  # noqa: T201 - shown if the test fails
        if code:
            self.faults.append(f"{block.text}ended with {code}:\n{output}")
        if not block.is_shown_in(output):
            self.faults.append(f"expected to see\n{block.shown}\nafter\n{block.text}\ngot\n{output}")
        asked = [*self._read_notes()]
        self.asked += asked
        self.faults += [f"{block.text}cuts {each!r} on a terminal" for each in CUT.findall(output)]
        self.faults += changed_codes(asked)
        for each in asked:
            if each.piped is not None:
                self.faults += [f"{each}: {fault}" for fault in faults_of_pipe(each, each.piped)]
            if each.piped is not None and not each.as_json:
                self.faults += [f"{each} cuts {what} on a terminal" for what in cut_in(output, each.piped)]

    def _read_notes(self) -> Iterator[Asked]:
        if self.notes.exists():
            for line in self.notes.read_text().splitlines():
                note = json.loads(line)
                yield Asked(tuple(note["arguments"]), note["code"], note["piped"])
            self.notes.unlink()

    async def _open(self, block: Block, pictures: str) -> None:
        """Open each address of a block, wait until it has what the page shows, and look at it."""
        token = (await self._expand(block.file)).strip()
        width, height = SIZES[0]
        context = await self.browser.new_context(
            base_url=self.terminal.environment["PLATFORM"], viewport={"width": width, "height": height}
        )
        context.set_default_timeout(PAGE_LIMIT_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        if token:
            await sign_in(page, token)
        for number, address in enumerate((await self._expand(block.text)).split(), start=1):
            await page.goto(address)
            try:
                for text in block.shown.splitlines():
                    await page.get_by_text(text).filter(visible=True).first.wait_for()
            except NotShown as error:
                self.faults.append(f"{address}: {error}")
            self.faults += await find_faults(page, SCREENSHOTS / f"{pictures}-{number}")
        await context.close()

    async def _expand(self, text: str) -> str:
        """Return a text with the values of the terminal's variables."""
        return await self.terminal.run(Block("", RUN, "", f"cat <<END\n{text}\nEND\n"), LIMIT_S)


def faults_of_pipe(asked: Asked, piped: str) -> list[str]:
    """Return what would stop a script that reads what a command writes into a pipe."""
    if asked.as_json:
        return [f"expected JSON, got {line[:200]!r}" for line in piped.splitlines() if not is_json(line)][:1]
    drawn = [f"a pipe gets a drawing: {line!r}" for line in piped.splitlines() if DRAWN.search(line)]
    cut = [f"a pipe gets less than there is: {each!r}" for each in CUT.findall(piped)]
    tables = (paragraph.splitlines() for paragraph in piped.split("\n\n") if "\t" in paragraph)
    uneven = [
        f"rows of a table differ in length: {rows}" for rows in tables if len({row.count("\t") for row in rows}) > 1
    ]
    return drawn[:1] + cut[:1] + uneven[:1]


def is_json(line: str) -> bool:
    """Whether a line is one JSON value."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def changed_codes(asked: list[Asked]) -> list[str]:
    """Return the commands that end in another way through a pipe than on a terminal."""
    on_terminal = {each.arguments: each.code for each in asked if each.piped is None}
    plain = ((each, tuple(word for word in each.arguments if word != recording_arena.JSON)) for each in asked)
    return [
        f"{each} ended with {each.code}, and on a terminal with {on_terminal[arguments]}"
        for each, arguments in plain
        if on_terminal.get(arguments, each.code) != each.code
    ]


def cut_in(output: str, piped: str) -> set[str]:
    """Return the identifiers, hashes, dates and long numbers of which a terminal shows the beginning, and not all."""
    named = {each for each in NAMES_SOMETHING.findall(piped) if len(each) > RECOGNIZED_BY}
    return {each for each in named if each[:RECOGNIZED_BY] in output and each not in output}


def unpiped(asked: list[Asked]) -> list[str]:
    """Return the commands that the walk has run on a terminal only, and never through a pipe."""
    on_terminal, piped = ({each.command for each in asked if (each.piped is None) is shown} for shown in (True, False))
    return [f"arena {each} was not seen through a pipe" for each in sorted(on_terminal - piped)]


def make_terminal(client: Installed, variables: Mapping[str, str]) -> tuple[Terminal, Path]:
    """Return a terminal of somebody who has the client installed, and where its commands are noted."""
    notes, commands = client.folder / ".notes", client.folder / ".bin"
    commands.mkdir()
    arena = commands / "arena"
    program = Path(recording_arena.__file__)
    arena.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I "{program}" "{client.environment}/bin/arena" "{notes}" "$@"\n'
    )
    arena.chmod(0o755)
    kept = {
        name: value for name, value in os.environ.items() if name not in NOT_FOR_USERS and not name.startswith("ARENA_")
    }
    own = {
        "PATH": f"{commands}:{client.environment}/bin:{os.environ['PATH']}",
        "HOME": str(client.folder / ".home"),
        "TERM": "xterm-256color",
    }
    folder = client.folder / "walk"
    folder.mkdir()
    assert not folder.is_relative_to(ROOT)
    return Terminal(folder, client.folder / ".state", {**kept, **own, **variables}), notes
