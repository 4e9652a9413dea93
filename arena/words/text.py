"""Text that a team controls, made fit for terminals, pages, logs and tables, and how messages say a time."""

import re
from datetime import UTC, datetime

ESCAPE_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~])")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters except tab and newline, marks that change the direction of writing, and halves of surrogate
pairs."""


def clean_text(text: str, limit: int) -> str:
    """Return the last `limit` characters of `text` without terminal escape sequences.

    Unprintable characters are replaced.
    """
    text = ESCAPE_SEQUENCES.sub("", text.replace("\r\n", "\n"))
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)[-limit:]


def clean_line(text: str, limit: int) -> str:
    """Return the first `limit` characters of `text` as one clean line."""
    return " ".join(clean_text(text, len(text) or 1).split())[:limit]


def say_time(at: datetime) -> str:
    """Return a time as messages of the platform say it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
