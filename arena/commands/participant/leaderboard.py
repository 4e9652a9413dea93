"""`arena leaderboard`: the ranking of a phase."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from arena.client.answer import PlatformAnswer
from arena.client.http import Client, client_from_environment
from arena.commands.options import CompetitionOption, Json, OpenPhaseOption
from arena.failure import Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import NO_SCORE, remark, score_text, show_json, time_text

if TYPE_CHECKING:
    from uuid import UUID

    from arena.api.leaderboard import BoardRow, GeneralizationRow, Leaderboard, LeaderboardRow

NOT_TOLD = 401, 403, 404
"""The statuses of the answer to who may not see what generalization losses say; 404 is that of an older platform."""


def leaderboard(competition: CompetitionOption, phase: OpenPhaseOption = None, as_json: Json = False) -> None:
    """Show the ranking of a phase.

    Organizers also see what the generalization losses say, and everybody does once they are revealed.
    """
    client = client_from_environment()
    answer = client.get(f"/api/v1/competitions/{competition}/leaderboard", phase=phase)
    told = _ask_generalization(client, competition, answer.json["phase"])
    if as_json:
        show_json(answer.json if told is None else answer.json | {"generalization": told.json["rows"]})
        return
    from arena.api.leaderboard import GeneralizationRanking, Leaderboard

    board = answer.parse(Leaderboard)
    show_tables(leaderboard_table(board, None if told is None else told.parse(GeneralizationRanking).rows))
    if board.frozen:
        remark(f"frozen since {time_text(board.frozen_at)}; what has happened later is not shown")


def _ask_generalization(client: Client, competition: str, phase: str) -> PlatformAnswer | None:
    """Return what the generalization losses of a phase say; None if the caller may not see it."""
    try:
        return client.get(f"/api/v1/competitions/{competition}/generalization", phase=phase)
    except Failure as failure:
        if failure.problem.get("status") in NOT_TOLD:
            return None
        raise


def leaderboard_table(board: "Leaderboard", told: "Sequence[GeneralizationRow] | None" = None) -> TextTable:
    """Return the leaderboard as a table, with what the generalization losses say if that is told.

    `≈` marks a rank that is within the noise of the next.
    """
    headings = [
        *(Heading("rank", "number"), Heading("≈"), Heading("team", "text"), Heading("score", "number")),
        *(Heading("95 % interval", "number"), Heading("studies", "number"), Heading("state", "text")),
    ]
    shown = _in_order(board)
    rows = [_cells(row) for row in shown]
    captions = ["≈: the order of this team and the next may be chance"] if any(row[1] for row in rows) else []
    if told is not None:
        headings += [Heading("generalization", "number"), Heading("would be", "number")]
        by_submission = {each.submission_id: each for each in told}
        rows = [(*cells, *_told_cells(row, by_submission)) for cells, row in zip(rows, shown, strict=True)]
        captions.append("would be: the rank that the generalization losses would give")
    return TextTable(headings, rows, f"{board.competition} / {board.phase}", "; ".join(captions))


def _in_order(board: "Leaderboard") -> "Sequence[LeaderboardRow | BoardRow]":
    """Return the rows, those of the organizer's optimizers where their scores would place them."""
    ranked = [row for row in board.rows if row.rank is not None]
    placed: list[LeaderboardRow | BoardRow] = [*ranked, *board.baseline_rows]
    placed.sort(key=lambda row: math.inf if row.score is None else -row.score)
    return [*placed, *(row for row in board.rows if row.rank is None)]


def _cells(row: "LeaderboardRow | BoardRow") -> tuple[str, ...]:
    return (
        str(row.rank) if row.rank else NO_SCORE,
        "≈" if row.within_noise_of_next else "",
        row.team,
        score_text(row.score),
        NO_SCORE if row.interval is None else f"{row.interval[0]:.3f} to {row.interval[1]:.3f}",
        f"{row.studies_done}/{row.studies_total}",
        getattr(row, "state", "baseline") + (" (provisional)" if row.provisional else ""),
    )


def _told_cells(row: "LeaderboardRow | BoardRow", told: "Mapping[UUID, GeneralizationRow]") -> tuple[str, str]:
    found = told.get(row.submission_id) if hasattr(row, "submission_id") else None
    if found is None:
        return NO_SCORE, NO_SCORE
    return score_text(found.generalization_score), str(found.generalization_rank or NO_SCORE)
