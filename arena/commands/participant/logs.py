"""`arena logs`: what an optimizer wrote in a submission or an execution, also while it runs."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from arena.client.http import Client, client_from_environment
from arena.commands.options import Json
from arena.failure import Failure
from arena.terminal import console, plain, show_json


def logs(
    which: Annotated[
        str, typer.Argument(metavar="EXECUTION|SUBMISSION", help="SHARD_ID:ATTEMPT, or the id of a submission.")
    ],
    follow: Annotated[bool, typer.Option("--follow", help="Show new text until the execution has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Show what the optimizer wrote.

    Organizers see every log, teams only those of their submissions to a practice phase.
    """
    client = client_from_environment()
    if follow:
        _follow(client, which, as_json)
        return
    if ":" in which:
        from arena.api.executions import ExecutionRecord

        execution = client.get(f"/api/v1/admin/executions/{which}").parse(ExecutionRecord)
        wrote = [{"box": execution.box, "study": each.study, "log": each.log} for each in execution.studies if each.log]
        found: Mapping[str, Any] = {"execution": which, "logs": wrote}
    else:
        found = client.get_all(f"/api/v1/submissions/{which}/logs", "logs").json
    if as_json:
        show_json(found)
        return
    for each in found["logs"]:
        console.rule(f"{each['box']} / {each['study']}")
        console.print(plain(each["log"]))


def _follow(client: Client, execution: str, as_json: bool) -> None:
    """Print what is written as it comes; with `--json`, each message as one line."""
    if ":" not in execution:
        raise Failure(f"Expected an execution as SHARD_ID:ATTEMPT to follow, got {execution}; see 'arena executions'.")
    from arena.api.live import LogEnded
    from arena.client.feed import follow_log

    study = None
    for message in follow_log(client, execution):
        if as_json:
            show_json(message.model_dump(mode="json"))
        elif isinstance(message, LogEnded):
            console.rule(message.outcome)
        else:
            if message.study != study:
                study = message.study
                console.rule(f"study {study}")
            console.print(plain(message.text), end="")
