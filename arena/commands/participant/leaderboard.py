"""`arena leaderboard`: the ranking of a phase."""

from typing import TYPE_CHECKING

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json, OpenPhaseOption
from arena.table import Heading, TextTable, show_tables
from arena.terminal import NO_SCORE, remark, score_text, show_json, time_text

if TYPE_CHECKING:
    from arena.api.leaderboard import Leaderboard


def leaderboard(competition: CompetitionOption, phase: OpenPhaseOption = None, as_json: Json = False) -> None:
    """Show the ranking of a phase."""
    answer = client_from_environment().get(f"/api/v1/competitions/{competition}/leaderboard", phase=phase)
    if as_json:
        show_json(answer.json)
        return
    from arena.api.leaderboard import Leaderboard

    board = answer.parse(Leaderboard)
    show_tables(leaderboard_table(board))
    if board.frozen:
        remark(f"frozen since {time_text(board.frozen_at)}; what has happened later is not shown")


def leaderboard_table(board: "Leaderboard") -> TextTable:
    """Return the leaderboard as a table; `≈` marks a rank that is within the noise of the next."""
    headings = [
        *(Heading("rank", "number"), Heading("≈"), Heading("team", "text"), Heading("score", "number")),
        *(Heading("95 % interval", "number"), Heading("studies", "number"), Heading("state", "text")),
    ]
    rows = [
        (
            str(row.rank) if row.rank else NO_SCORE,
            "≈" if row.within_noise_of_next else "",
            row.team,
            score_text(row.score),
            NO_SCORE if row.interval is None else f"{row.interval[0]:.3f} to {row.interval[1]:.3f}",
            f"{row.studies_done}/{row.studies_total}",
            row.state + (" (provisional)" if row.provisional else ""),
        )
        for row in board.rows
    ]
    caption = "≈: the order of this team and the next may be chance" if any(row[1] for row in rows) else ""
    return TextTable(headings, rows, f"{board.competition} / {board.phase}", caption)
