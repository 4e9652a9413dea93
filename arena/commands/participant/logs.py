"""`arena logs`: what an optimizer wrote in a submission or an execution, also while it runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arena.client.http import Client, client_from_environment
from arena.commands.options import Json
from arena.failure import Failure
from arena.terminal import console, plain, show_json, show_rule
from arena.words.problems import ProblemCode
from arena.words.states import ExecutionState, SubmissionState

if TYPE_CHECKING:
    from arena.api.executions import ExecutionRecord
    from arena.api.submissions import Submission

SHOWN_LATER = "a log is kept when its study ends, and --follow shows it while it is written."


def logs(
    which: Annotated[
        str,
        typer.Argument(
            metavar="SUBMISSION|EXECUTION", help="The id of a submission; an organizer's may be SHARD_ID:ATTEMPT."
        ),
    ],
    follow: Annotated[bool, typer.Option("--follow", help="Show new text until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Show what the optimizer wrote.

    Organizers see every log, teams only those of their submissions to a practice phase.
    """
    client = client_from_environment()
    execution = _find_execution(client, which) if ":" in which else None
    if follow:
        _follow(client, which, execution, as_json)
        return
    if execution is not None:
        wrote = [{"box": execution.box, "study": each.study, "log": each.log} for each in execution.studies if each.log]
        found: Mapping[str, Any] = {"execution": which, "logs": wrote}
    else:
        found = client.get_all(f"/api/v1/submissions/{which}/logs", "logs").json
    if as_json:
        show_json(found)
        return
    for each in found["logs"]:
        show_rule(f"{each['box']} / {each['study']}")
        console.print(plain(each["log"]))
    if not found["logs"]:
        typer.echo(_explain_nothing(client, which, execution), err=True)


def _find_execution(client: Client, execution: str) -> "ExecutionRecord":
    from arena.api.executions import ExecutionRecord

    try:
        return client.get(f"/api/v1/admin/executions/{execution}").parse(ExecutionRecord)
    except Failure as failure:
        if failure.problem.get("code") != ProblemCode.WRONG_ROLE:
            raise
        cure = "as a team, name your submission: arena logs SUBMISSION --follow"
        raise Failure(f"{execution} is an execution, which only organizers read one by one; {cure}.") from failure


def _explain_nothing(client: Client, which: str, execution: "ExecutionRecord | None") -> str:
    if execution is not None:
        is_under_way = execution.outcome in {ExecutionState.RELEASED, ExecutionState.RUNNING}
        return f"Nothing yet: {SHOWN_LATER}" if is_under_way else "The optimizer wrote nothing in this execution."
    from arena.api.submissions import Submission

    return explain_nothing(client.get(f"/api/v1/submissions/{which}").parse(Submission))


def explain_nothing(submission: "Submission") -> str:
    """Return why there is no log of a submission."""
    done = f"{submission.studies_done} of its {submission.studies_total} studies"
    match submission.state:
        case SubmissionState.QUEUED:
            return "Nothing yet: the submission waits in the queue, and no study has begun."
        case SubmissionState.RUNNING:
            return f"Nothing yet: {done} have ended, and the optimizer wrote nothing in them; {SHOWN_LATER}"
        case SubmissionState.CANCELLED:
            return f"There is nothing: the submission was cancelled; {done} had ended, and nothing was written in them."
    ended = f"The submission is {submission.state}."
    return f"The optimizer wrote nothing in any study; what it prints is shown here. {ended}"


def _follow(client: Client, which: str, execution: "ExecutionRecord | None", as_json: bool) -> None:
    """Print what is written as it comes; with `--json`, each message as one line."""
    from arena.api.live import LogEnded
    from arena.client.feed import follow_log

    submission = which if execution is None else str(execution.submission_id)
    study = None
    for message in follow_log(client, submission, None if execution is None else which):
        if as_json:
            show_json(message.model_dump(mode="json"))
        elif isinstance(message, LogEnded):
            if study is None:
                typer.echo("The optimizer wrote nothing.", err=True)
            show_rule(message.outcome)
        else:
            this = f"{message.box} / {message.study}"
            if this != study:
                study = this
                show_rule(study)
            console.print(plain(message.text), end="")
