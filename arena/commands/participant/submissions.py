"""The commands about a team's submissions: submit, status, watch, cancel, choose."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json, OpenPhaseOption, SubmissionArgument
from arena.terminal import console, plain, remaining_text, score_text, show_json

if TYPE_CHECKING:
    from arena.api.submissions import Submission

WatchOption = Annotated[bool, typer.Option("--watch", help="Show progress until it has ended.")]


def submit(
    zip_path: Annotated[Path, typer.Argument(metavar="ZIP", help="The zip, or a folder to be packed.", exists=True)],
    competition: CompetitionOption,
    phase: OpenPhaseOption = None,
    watch: WatchOption = False,
    as_json: Json = False,
) -> None:
    """Upload an optimizer for scoring."""
    from arena.pack.optimizer_zip import read_zip

    client = client_from_environment()
    submission = client.submit(competition, phase, *read_zip(zip_path))
    if watch:
        from arena.client.watch import watch as watch_submissions

        (submission,) = watch_submissions(client, [submission.json["id"]], quiet=as_json)
    show_submission(submission, as_json=as_json)


def status(submission: SubmissionArgument, watch: WatchOption = False, as_json: Json = False) -> None:
    """Show a submission's state, verdict, score and place in the queue."""
    client = client_from_environment()
    if watch:
        from arena.client.watch import watch as watch_submissions

        watch_submissions(client, [submission], quiet=as_json)
    show_submission(client.get(f"/api/v1/submissions/{submission}"), as_json=as_json)


def watch(
    submissions: Annotated[list[str], typer.Argument(help="Ids of the submissions.")], as_json: Json = False
) -> None:
    """Show how far submissions are until all have ended.

    On a terminal these are bars that move, elsewhere a line for each change.
    """
    from arena.client.watch import watch as watch_submissions

    ended = watch_submissions(client_from_environment(), submissions, quiet=as_json)
    if as_json:
        show_json({"submissions": [each.json for each in ended]})


def cancel(submission: SubmissionArgument, as_json: Json = False) -> None:
    """Stop a submission: running studies are killed, the rest dropped."""
    show_submission(client_from_environment().post(f"/api/v1/submissions/{submission}/cancel"), as_json=as_json)


def choose(
    submission: Annotated[str, typer.Argument(help="Id of a scored submission of your team.")], as_json: Json = False
) -> None:
    """Let this submission count, in a phase where teams choose."""
    show_submission(client_from_environment().post(f"/api/v1/submissions/{submission}/choose"), as_json=as_json)


def show_submission(answer: PlatformAnswer, *, as_json: bool) -> None:
    """Print a submission's state, verdict and score."""
    if as_json:
        show_json(answer.json)
        return
    from arena.api.submissions import Submission

    console.print(submission_table(answer.parse(Submission)))


def submission_table(submission: "Submission") -> Table:
    """Return a submission as a table of what there is to say of it."""
    table = Table(show_header=False, box=None)
    for name, text in _facts(submission):
        table.add_row(name, text)
    return table


def _facts(submission: "Submission") -> Iterator[tuple[str, Text]]:
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
