"""`arena baseline`: baseline sets, to which scores refer."""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.http import client_from_environment, read_json
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json
from arena.terminal import console, plain, show_json

group = LazyGroup(
    "Compute, import and compare baseline sets, to which scores refer.",
    [
        Listed("build", "organizer.baseline_build:build", "Compute a baseline set on the platform."),
        Listed("graph", "organizer.baseline:graph", "Show how far the last baseline build is."),
        Listed("check", "organizer.baseline_check:check", "Compare a baseline set with the official one."),
        Listed("import", "organizer.baseline:import_baseline", "Import a baseline set from a file."),
        Listed("list", "organizer.baseline:list_baselines", "List the baseline sets."),
    ],
)


def import_baseline(
    file: Annotated[Path, typer.Argument(help="A baseline file in Bayesmark's format.", exists=True)],
    name: Annotated[str, typer.Option("--name", help="Name of the set; importing again makes its next version.")],
    as_json: Json = False,
) -> None:
    """Import a baseline set from a file."""
    document = {"name": name, "source": f"file {file.name}", "document": read_json(file)}
    body = client_from_environment().post("/api/v1/admin/baselines", document)
    if as_json:
        show_json(body)
    else:
        console.print(f"{body['name']}@{body['version']}")


def list_baselines(as_json: Json = False) -> None:
    """List the baseline sets."""
    body = client_from_environment().get("/api/v1/admin/baselines")
    if as_json:
        show_json(body)
    else:
        for each in body["baselines"]:
            console.print(plain(f"{each['name']}@{each['version']}  {each['source']}"))


def graph(competition: CompetitionOption, as_json: Json = False) -> None:
    """Show how far the last baseline build is."""
    body = client_from_environment().get(f"/api/v1/admin/competitions/{competition}/baseline-graph")
    if as_json:
        show_json(body)
    elif not body["nodes"]:
        console.print("no baselines yet; 'arena baseline build' makes them")
    else:
        from arena.baseline.graph import graph_table

        console.print(graph_table(body["nodes"]))
