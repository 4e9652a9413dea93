"""`arena leaderboard`: the ranking of a phase."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json, OpenPhaseOption
from arena.terminal import NO_SCORE, console, plain, show_json


def leaderboard(competition: CompetitionOption, phase: OpenPhaseOption = None, as_json: Json = False) -> None:
    """Show the ranking of a phase."""
    body = client_from_environment().get(f"/api/v1/competitions/{competition}/leaderboard", phase=phase)
    if as_json:
        show_json(body)
    else:
        frozen = f" (frozen since {body['frozen_at']})" if body["frozen"] else ""
        console.print(leaderboard_table(f"{body['competition']} / {body['phase']}{frozen}", body["rows"]))


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
