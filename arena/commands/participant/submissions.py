"""The commands about a team's submissions: submit, status, watch, cancel, choose."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json, OpenPhaseOption, SubmissionArgument
from arena.terminal import console, plain, remaining_text, score_text, show_json

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

        (submission,) = watch_submissions(client, [submission["id"]], quiet=as_json)
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
        show_json({"submissions": ended})


def cancel(submission: SubmissionArgument, as_json: Json = False) -> None:
    """Stop a submission: running studies are killed, the rest dropped."""
    show_submission(client_from_environment().post(f"/api/v1/submissions/{submission}/cancel"), as_json=as_json)


def choose(
    submission: Annotated[str, typer.Argument(help="Id of a scored submission of your team.")], as_json: Json = False
) -> None:
    """Let this submission count, in a phase where teams choose."""
    show_submission(client_from_environment().post(f"/api/v1/submissions/{submission}/choose"), as_json=as_json)


def show_submission(submission: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a submission's state, verdict and score."""
    if as_json:
        show_json(submission)
        return
    from rich.table import Table

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
