"""What the commands print: tables for people, one object for scripts."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.words.text import clean_text

console = Console()
NO_SCORE = "-"
TEXT_CHARS = 100_000


def show_json(body: Mapping[str, Any]) -> None:
    """Print one object and nothing else, at once."""
    print(json.dumps(body), flush=True)  # noqa: T201 - this is the command's output


def plain(text: str) -> Text:
    """Return other people's text as it is: it neither marks up nor steers the terminal."""
    return Text(clean_text(text, TEXT_CHARS))


def score_text(row: Mapping[str, Any]) -> str:
    """Return a score with half the width of its 95 % interval."""
    if row["score"] is None:
        return NO_SCORE
    if row["interval"] is None:
        return f"{row['score']:.3f}"
    return f"{row['score']:.3f} ± {(row['interval'][1] - row['interval'][0]) / 2:.3f}"


def remaining_text(submission: Mapping[str, Any]) -> str:
    """Return how long a submission may take still, as `0:02:00 to 0:05:00`; empty when nothing is known."""
    if not submission["remaining_s"]:
        return ""
    low, high = (timedelta(seconds=seconds) for seconds in submission["remaining_s"])
    return f"{low} to {high}"


def show_submission(submission: Mapping[str, Any]) -> None:
    """Print a submission's state, verdict and score."""
    table = Table(show_header=False, box=None)
    table.add_row("submission", submission["id"])
    table.add_row("competition", f"{submission['competition']} / {submission['phase']}")
    table.add_row("team", plain(submission["team"]))
    table.add_row("state", submission["state"])
    if submission["queue_position"]:
        table.add_row("queue position", str(submission["queue_position"]))
    if submission["remaining_s"]:
        table.add_row("remaining", remaining_text(submission))
    table.add_row("studies", f"{submission['studies_done']} of {submission['studies_total']}")
    table.add_row("score", score_text(submission) + (" (provisional)" if submission["provisional"] else ""))
    if submission["chosen"]:
        table.add_row("", "chosen to count")
    for count in ("studies_timed_out", "suggest_errors", "observe_errors"):
        if submission[count]:
            table.add_row(count.replace("_", " "), str(submission[count]))
    if submission["verdict"]:
        table.add_row("verdict", f"{submission['verdict']}: {submission['verdict_sentence']}")
    if submission["verdict_stage"]:
        table.add_row("", f"in {submission['verdict_stage']}, iteration {submission['verdict_iteration']}")
    if submission["verdict_detail"]:
        table.add_row("", plain(submission["verdict_detail"]))
    console.print(table)


def tokens_table(tokens: Sequence[Mapping[str, Any]]) -> Table:
    """Return tokens as a table."""
    table = Table()
    for column in ("id", "of", "name", "scopes", "created", "revoked"):
        table.add_column(column)
    for each in tokens:
        owner = f"{each['team']} in {each['competition']}" if each["team"] else "organizer"
        row = (each["id"], plain(owner), plain(each["name"]), ", ".join(each["scopes"]))
        table.add_row(*row, each["created_at"], each["revoked_at"] or "")
    return table


def leaderboard_table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the leaderboard as a table; `≈` marks a place that is within the noise of the next."""
    table = Table(title=title)
    table.add_column("rank", justify="right")
    table.add_column("team")
    table.add_column("score", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("studies", justify="right")
    table.add_column("state")
    for row in rows:
        interval = row["interval"]
        table.add_row(
            (str(row["rank"]) if row["rank"] else NO_SCORE) + (" ≈" if row["within_noise_of_next"] else ""),
            plain(row["team"]),
            NO_SCORE if row["score"] is None else f"{row['score']:.3f}",
            NO_SCORE if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}",
            f"{row['studies_done']}/{row['studies_total']}",
            row["state"] + (" (provisional)" if row["provisional"] else ""),
        )
    return table
