"""On which line of a TOML file something is: the standard library's reader does not say."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]

TOKEN = re.compile(
    r"""
    (?P<string> \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
    | (?P<skipped> [ \t\r]+ | \#[^\n]* )
    | (?P<newline> \n )
    | (?P<sign> [\[\]{}=,] )
    | (?P<bare> [^\s\[\]{}=,\#"']+ )
    """,
    re.VERBOSE | re.DOTALL,
)


class TomlToken(NamedTuple):
    """A piece of the text, and the line it begins on."""

    kind: str
    text: str
    line: int


def locate_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table, key and element of a list in a valid TOML text."""
    return _Reader(_split(text)).read()


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of what a path names, or of the nearest thing that holds it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _split(text: str) -> list[TomlToken]:
    tokens, line = [], 1
    for match in TOKEN.finditer(text):
        if match.lastgroup != "skipped":
            tokens.append(TomlToken(str(match.lastgroup), match.group(), line))
        line += match.group().count("\n")
    return [*tokens, TomlToken("newline", "\n", line)]


@dataclass
class _Reader:
    """Goes through the tokens once; `lines` holds what was passed."""

    tokens: list[TomlToken]
    at: int = 0

    def __post_init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "newline":
                self.at += 1
            elif token.text == "[":
                table = self._read_header()
            else:
                self._read_pair(table)
        return self.lines

    def _read_header(self) -> Path:
        """`[a.b]`, or `[[a.b]]`, which adds an element."""
        line = self.tokens[self.at].line
        adds = self.tokens[self.at + 1].text == "["
        self.at += 2 if adds else 1
        path: Path = ()
        for key in self._read_key():
            path = (*path, key)
            self.lines.setdefault(path, line)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        self.at += 2 if adds else 1
        if adds:
            path = path[:-1] if isinstance(path[-1], int) else path
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            path = (*path, index)
        self.lines[path] = line
        return path

    def _read_key(self) -> list[str]:
        """A key, whose parts are bare or quoted and joined by dots."""
        parts: list[str] = []
        while (token := self.tokens[self.at]).kind in {"bare", "string"}:
            if token.kind == "string":
                parts.append(tomllib.loads(f"x = {token.text}")["x"])
            else:
                parts += [part for part in token.text.split(".") if part]
            self.at += 1
        return parts

    def _read_pair(self, table: Path) -> None:
        line = self.tokens[self.at].line
        path = table
        for key in self._read_key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1  # the sign =
        self._read_value(path)

    def _read_value(self, path: Path) -> None:
        self.lines.setdefault(path, self.tokens[self.at].line)
        match self.tokens[self.at].text:
            case "[":
                self._read_elements(path, "]")
            case "{":
                self._read_elements(path, "}")
            case _:
                while self.tokens[self.at].kind in {"bare", "string"}:  # a date and a time are two
                    self.at += 1

    def _read_elements(self, path: Path, end: str) -> None:
        self.at += 1
        index = 0
        while (token := self.tokens[self.at]).text != end:
            if token.kind == "newline" or token.text == ",":
                self.at += 1
            elif end == "}":
                self._read_pair(path)
            else:
                self._read_value((*path, index))
                index += 1
        self.at += 1
