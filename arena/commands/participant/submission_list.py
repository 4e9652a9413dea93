"""`arena submissions`: what a team has submitted."""

from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.table import Heading, TextTable, show_tables
from arena.terminal import remark, score_text, show_json, time_text
from arena.words.environments import environment_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arena.api.submissions import Submission

PAGE_SIZE = 1000


def submissions(
    competition: CompetitionOption,
    phase: Annotated[str | None, typer.Option("--phase", help="Only of this phase.")] = None,
    as_json: Json = False,
) -> None:
    """List your team's submissions, the newest first; organizers see everybody's."""
    path = f"/api/v1/competitions/{competition}/submissions"
    answer = client_from_environment().get_all(path, "submissions", phase=phase, limit=PAGE_SIZE)
    if as_json:
        show_json(answer.json)
        return
    from arena.api.submissions import SubmissionPage

    found = answer.parse(SubmissionPage).submissions
    show_tables(submissions_table(found))
    if not found:
        remark(f"There is no submission yet; 'arena submit ZIP --competition {competition}' makes one.")


def submissions_table(found: "Sequence[Submission]") -> TextTable:
    """Return submissions as a table."""
    headings = [
        *(Heading("submission"), Heading("phase"), Heading("team", "text"), Heading("file", "text")),
        Heading("environment"),
        *(Heading("state"), Heading("verdict"), Heading("score", "number"), Heading("studies", "number")),
        *(Heading("submitted"), Heading("counts")),
    ]
    rows = [
        (
            *(str(each.id), each.phase, each.team, each.filename),
            environment_name(each.environment),
            *(each.state, each.verdict or ""),
            score_text(each.score) + (" (provisional)" if each.provisional and each.score is not None else ""),
            *(f"{each.studies_done}/{each.studies_total}", time_text(each.created_at)),
            "chosen" if each.chosen else "",
        )
        for each in found
    ]
    return TextTable(headings, rows)
