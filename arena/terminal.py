"""What the commands print with: text for people, one object for scripts."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from arena.words.text import clean_text

console = Console(soft_wrap=not sys.stdout.isatty())
"""What is no terminal has no width at which lines should be broken."""
NO_SCORE = "-"
TEXT_CHARS = 100_000


def show_json(body: Mapping[str, Any]) -> None:
    """Print one object and nothing else, at once."""
    print(json.dumps(body), flush=True)  # noqa: T201 - this is the command's output


def console_for_people() -> Console:
    """Return where words go that are no part of the answer, such as progress: the terminal, or without one stderr."""
    return console if console.is_terminal else Console(stderr=True, soft_wrap=True)


def remark(text: str) -> None:
    """Print a sentence that helps people and is no part of the answer."""
    console_for_people().print(plain(text))


def remark_to_copy(line: str) -> None:
    """Print a line as `remark` does, for people to copy: a terminal must not break it into several."""
    console_for_people().print(plain(line), soft_wrap=True)


def show_rule(title: str = "") -> None:
    """Print what separates texts: a line across a terminal, elsewhere the title alone, if there is one."""
    if console.is_terminal:
        console.rule(plain(title))
    elif title:
        console.print(plain(f"-- {title}"))


def plain(text: str) -> Text:
    """Return other people's text so that it can neither mark up nor control the terminal."""
    return Text(clean_text(text, TEXT_CHARS))


def score_text(score: float | None, interval: Sequence[float] | None = None, digits: int = 3) -> str:
    """Return a score, with half the width of its 95 % interval if it has one."""
    if score is None:
        return NO_SCORE
    width = "" if interval is None else f" ± {(interval[1] - interval[0]) / 2:.{digits}f}"
    return f"{score:.{digits}f}{width}"


def remaining_text(remaining_s: tuple[int, int] | None) -> str:
    """Return how long a submission may still take, as `0:02:00 to 0:05:00`; empty when nothing is known."""
    if remaining_s is None:
        return ""
    low, high = (timedelta(seconds=seconds) for seconds in remaining_s)
    return f"{low} to {high}"


def time_text(at: datetime | None) -> str:
    """Return a time in UTC, to the second; empty for none."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
