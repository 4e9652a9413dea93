"""A submission as a table."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from arena.api.submissions import Submission
from arena.client.answer import PlatformAnswer
from arena.terminal import console, plain, remaining_text, score_text, show_json


def show_submission(answer: PlatformAnswer, *, as_json: bool) -> None:
    """Print a submission's state, verdict and score."""
    if as_json:
        show_json(answer.json)
        return
    console.print(submission_table(answer.parse(Submission)))


def submission_table(submission: Submission) -> Table:
    """Return a submission as a table; empty fields are left out."""
    table = Table(show_header=False, box=None)
    for name, text in _facts(submission):
        table.add_row(name, text)
    return table


def _facts(submission: Submission) -> Iterator[tuple[str, Text]]:
    yield "submission", plain(str(submission.id))
    yield "competition", plain(f"{submission.competition} / {submission.phase}")
    yield "team", plain(submission.team)
    yield "state", plain(submission.state)
    if submission.queue_position:
        yield "queue position", plain(str(submission.queue_position))
    if submission.remaining_s:
        yield "remaining", plain(remaining_text(submission.remaining_s))
    yield "studies", plain(f"{submission.studies_done} of {submission.studies_total}")
    provisional = " (provisional)" if submission.provisional else ""
    yield "score", plain(score_text(submission.score, submission.interval) + provisional)
    if submission.chosen:
        yield "", plain("chosen to count")
    for count in ("studies_timed_out", "suggest_errors", "observe_errors"):
        if number := getattr(submission, count):
            yield count.replace("_", " "), plain(str(number))
    if submission.verdict:
        yield "verdict", plain(f"{submission.verdict}: {submission.verdict_sentence}")
    if submission.verdict_stage:
        yield "", plain(f"in {submission.verdict_stage}, iteration {submission.verdict_iteration}")
    if submission.verdict_detail:
        yield "", plain(submission.verdict_detail)
