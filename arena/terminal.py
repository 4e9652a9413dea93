"""What the commands print with: text for people, one object for scripts."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from arena.words.text import clean_text

console = Console()
NO_SCORE = "-"
TEXT_CHARS = 100_000


def show_json(body: Mapping[str, Any]) -> None:
    """Print one object and nothing else, at once."""
    print(json.dumps(body), flush=True)  # noqa: T201 - this is the command's output


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
