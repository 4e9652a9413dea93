"""The commands about a team's submissions: submit, status, watch, cancel, choose.

Modules that show an answer are imported only once there is one, so that the request is sent without delay.
"""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, EnvironmentOption, Json, OpenPhaseOption, SubmissionArgument

WatchOption = Annotated[bool, typer.Option("--watch", help="Show progress until it has ended.")]
PublishOption = Annotated[
    bool,
    typer.Option(
        "--publish-zip/--no-publish-zip", help="Agree that this zip is published with the competition's archive."
    ),
]


def submit(
    zip_path: Annotated[Path, typer.Argument(metavar="ZIP", help="The zip, or a folder to be packed.", exists=True)],
    competition: CompetitionOption,
    phase: OpenPhaseOption = None,
    environment: EnvironmentOption = None,
    publish_zip: PublishOption = False,
    watch: WatchOption = False,
    as_json: Json = False,
) -> None:
    """Upload an optimizer for scoring.

    It runs in the environment that you name, or else in the one that its arena.toml names, or else in the phase's
    default.
    """
    from arena.pack.optimizer_zip import read_zip

    client = client_from_environment()
    submission = client.submit(
        competition, phase, *read_zip(zip_path, environment), environment=environment, publish_zip=publish_zip
    )
    if watch:
        from arena.client.watch import watch as watch_submissions

        (submission,) = watch_submissions(client, [submission.json["id"]], quiet=as_json)
    _show(submission, as_json)


def status(submission: SubmissionArgument, watch: WatchOption = False, as_json: Json = False) -> None:
    """Show a submission's state, verdict, score and place in the queue."""
    client = client_from_environment()
    if watch:
        from arena.client.watch import watch as watch_submissions

        watch_submissions(client, [submission], quiet=as_json)
    _show(client.get(f"/api/v1/submissions/{submission}"), as_json)


def watch(
    submissions: Annotated[list[str], typer.Argument(help="Ids of the submissions.")], as_json: Json = False
) -> None:
    """Show how far submissions are until all have ended.

    A terminal shows progress bars; without one, standard error gets a line for each change.
    """
    from arena.client.watch import watch as watch_submissions

    ended = watch_submissions(client_from_environment(), submissions, quiet=as_json)
    if as_json:
        from arena.terminal import show_json

        show_json({"submissions": [each.json for each in ended]})


def cancel(submission: SubmissionArgument, as_json: Json = False) -> None:
    """Stop a submission: running studies are killed, the rest dropped."""
    _show(client_from_environment().post(f"/api/v1/submissions/{submission}/cancel"), as_json)


def choose(
    submission: Annotated[str, typer.Argument(help="Id of a scored submission of your team.")], as_json: Json = False
) -> None:
    """Let this submission count, in a phase where teams choose."""
    _show(client_from_environment().post(f"/api/v1/submissions/{submission}/choose"), as_json)


def _show(answer: PlatformAnswer, as_json: bool) -> None:
    from arena.commands.participant.submission_table import show_submission

    show_submission(answer, as_json=as_json)
