"""`arena baseline`: baseline sets, to which scores refer."""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json
from arena.json_file import read_json
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, remark, show_json, time_text

group = LazyGroup(
    "Compute, import and compare baseline sets, to which scores refer.",
    [
        Listed("build", "organizer.baselines.build:build", "Compute a baseline set on the platform."),
        Listed("graph", "organizer.baselines.sets:graph", "Show how far the last baseline build is."),
        Listed("check", "organizer.baselines.check:check", "Compare a baseline set with the official one."),
        Listed("import", "organizer.baselines.sets:import_baseline", "Import a baseline set from a file."),
        Listed("rows", "organizer.baselines.rows:rows", "Run the optimizers that leaderboards show without a rank."),
        Listed("list", "organizer.baselines.sets:list_baselines", "List the baseline sets."),
    ],
)


def import_baseline(
    file: Annotated[Path, typer.Argument(help="A baseline file in Bayesmark's format.", exists=True)],
    name: Annotated[str, typer.Option("--name", help="Name of the set; importing again makes its next version.")],
    as_json: Json = False,
) -> None:
    """Import a baseline set from a file."""
    document = {"name": name, "source": f"file {file.name}", "document": read_json(file)}
    answer = client_from_environment().post("/api/v1/admin/baselines", document)
    if as_json:
        show_json(answer.json)
        return
    from arena.api.planning import ImportedBaseline

    stored = answer.parse(ImportedBaseline)
    console.print(f"{stored.name}@{stored.version}")


def list_baselines(as_json: Json = False) -> None:
    """List the baseline sets."""
    answer = client_from_environment().get_all("/api/v1/admin/baselines", "baselines")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.planning import BaselinePage

    headings = [Heading("baseline"), Heading("source", "text"), Heading("created")]
    rows = [
        (f"{each.name}@{each.version}", each.source, time_text(each.created_at))
        for each in answer.parse(BaselinePage).baselines
    ]
    show_tables(TextTable(headings, rows))


def graph(competition: CompetitionOption, as_json: Json = False) -> None:
    """Show how far the last baseline build is."""
    answer = client_from_environment().get(f"/api/v1/admin/competitions/{competition}/baseline-graph")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.planning import BaselineGraph
    from arena.baseline.graph import graph_table

    nodes = answer.parse(BaselineGraph).nodes
    if nodes:
        show_tables(graph_table(nodes))
    else:
        remark("There was no baseline build yet; 'arena baseline build' makes one.")
