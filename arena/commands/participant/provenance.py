"""`arena provenance`: what a score came from."""

from typing import Annotated, Any

import typer
from rich.table import Table

from arena.client.http import client_from_environment
from arena.commands.options import Json
from arena.terminal import NO_SCORE, console, plain, show_json

Body = dict[str, Any]
RAN_BY = ("optimizer_image", "blackbox_image", "runtime", "runner_code_version", "aggregator_code_version")


def provenance(
    submission: Annotated[str, typer.Argument(help="Id of the submission.")],
    as_json: Json = False,
) -> None:
    """Show what a score came from: baseline, zip, images and more.

    Organizers also see the code versions and the seeds.
    """
    body = client_from_environment().get(f"/api/v1/submissions/{submission}/provenance")
    if as_json:
        show_json(body)
        return
    console.print(_origins_table(body))
    if "studies" in body:
        console.print(_seeds_table(body["studies"]))
        console.print("'arena replay EXECUTION' runs an execution again and compares, bit for bit.")


def _origins_table(body: Body) -> Table:
    table = Table(show_header=False, box=None)
    table.add_row("submission", body["submission_id"])
    table.add_row("competition", f"{body['competition']} / {body['phase']}")
    table.add_row("team", plain(body["team"]))
    table.add_row("score", NO_SCORE if body["score"] is None else f"{body['score']:.3f}")
    code = body.get("revision_code_version")
    table.add_row("revision", f"{body['revision'] or NO_SCORE}" + (f", applied by code {code}" if code else ""))
    table.add_row("zip", plain(f"{body['zip']['filename']}, SHA-256 {body['zip']['sha256']}"))
    if baseline := body["baseline"]:
        digest = f", SHA-256 {baseline['sha256']}" if "sha256" in baseline else ""
        table.add_row("baseline", plain(f"{baseline['name']}@{baseline['version']}{digest}"))
    if "ran_by" not in body:
        for image in body["optimizer_images"]:
            table.add_row("optimizer image", image)
        return table
    for each in body["ran_by"]:
        table.add_row("", f"{each['studies']} studies by")
        for name in RAN_BY:
            table.add_row(name.replace("_", " "), each[name] or NO_SCORE)
    table.add_row("competition seed", plain(body["competition_seed"]))
    return table


def _seeds_table(studies: list[Body]) -> Table:
    table = Table(title="studies")
    for column in ("box", "study", "seed", "optimizer seed"):
        table.add_column(column, justify="left" if column == "box" else "right")
    table.add_column("execution", no_wrap=True)
    for each in studies:
        seeds = (str(each["seed"]), str(each["optimizer_seed"]))
        table.add_row(each["box"], str(each["study"]), *seeds, each["execution"])
    return table
