"""What the commands print with: text for people, one object for scripts."""

import json
from collections.abc import Mapping
from datetime import timedelta
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


def score_text(row: Mapping[str, Any]) -> str:
    """Return a score with half the width of its 95 % interval."""
    if row["score"] is None:
        return NO_SCORE
    if row["interval"] is None:
        return f"{row['score']:.3f}"
    return f"{row['score']:.3f} ± {(row['interval'][1] - row['interval'][0]) / 2:.3f}"


def remaining_text(submission: Mapping[str, Any]) -> str:
    """Return how long a submission may still take, as `0:02:00 to 0:05:00`; empty when nothing is known."""
    if not submission["remaining_s"]:
        return ""
    low, high = (timedelta(seconds=seconds) for seconds in submission["remaining_s"])
    return f"{low} to {high}"
