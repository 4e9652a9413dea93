"""`arena leaderboard`: the ranking of a phase."""

from typing import TYPE_CHECKING

from rich.table import Table

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json, OpenPhaseOption
from arena.terminal import NO_SCORE, console, plain, score_text, show_json, time_text

if TYPE_CHECKING:
    from arena.api.leaderboard import Leaderboard


def leaderboard(competition: CompetitionOption, phase: OpenPhaseOption = None, as_json: Json = False) -> None:
    """Show the ranking of a phase."""
    answer = client_from_environment().get(f"/api/v1/competitions/{competition}/leaderboard", phase=phase)
    if as_json:
        show_json(answer.json)
        return
    from arena.api.leaderboard import Leaderboard

    console.print(leaderboard_table(answer.parse(Leaderboard)))


def leaderboard_table(board: "Leaderboard") -> Table:
    """Return the leaderboard as a table; `≈` marks a rank that is within the noise of the next."""
    frozen = f" (frozen since {time_text(board.frozen_at)})" if board.frozen else ""
    table = Table(title=plain(f"{board.competition} / {board.phase}{frozen}"))
    table.add_column("rank", justify="right")
    table.add_column("team")
    for column in ("score", "95 % interval", "studies"):
        table.add_column(column, justify="right")
    table.add_column("state")
    for row in board.rows:
        interval = NO_SCORE if row.interval is None else f"{row.interval[0]:.3f} to {row.interval[1]:.3f}"
        table.add_row(
            (str(row.rank) if row.rank else NO_SCORE) + (" ≈" if row.within_noise_of_next else ""),
            plain(row.team),
            score_text(row.score),
            interval,
            f"{row.studies_done}/{row.studies_total}",
            row.state + (" (provisional)" if row.provisional else ""),
        )
    return table
