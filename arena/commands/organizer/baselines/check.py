"""`arena baseline check`: where a baseline set differs from the official one by more than noise."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import Json
from arena.json_file import read_json
from arena.package_data import OFFICIAL_BASELINE
from arena.table import Heading, TextTable, show_tables
from arena.terminal import remark, show_json

if TYPE_CHECKING:
    from arena.baseline.check import Difference

OFFICIAL_SUGGESTIONS = 8


def check(
    name: Annotated[str, typer.Option("--name", help="A set that 'arena baseline build' made: NAME or NAME@VERSION.")],
    reference: Annotated[
        Path, typer.Option("--reference", help="The set in Bayesmark's format to compare with.", exists=True)
    ] = OFFICIAL_BASELINE,
    reference_suggestions: Annotated[
        int, typer.Option("--reference-suggestions", min=1, help="Suggestions in each iteration of that set.")
    ] = OFFICIAL_SUGGESTIONS,
    reference_evaluations: Annotated[
        int | None,
        typer.Option(
            "--reference-evaluations",
            min=1,
            help="Evaluations of random search on each of its black boxes; by default as many as in the set.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare a baseline set with the official one.

    The exit code is 1 when a black box differs by more than noise.
    """
    with needs_extra(REPORT):
        from arena.baseline.check import compare_sets
    client = client_from_environment()
    set_name, _, set_version = name.partition("@")
    document = client.get(f"/api/v1/admin/baselines/{set_name}", version=set_version or None).json
    official = read_json(reference)
    cases, found = compare_sets(client, document, official, reference_suggestions, reference_evaluations)
    _show(name, cases, found, as_json)
    if found:
        raise typer.Exit(1)


def _show(name: str, cases: Sequence[str], found: Sequence["Difference"], as_json: bool) -> None:
    differing = sorted({each.test_case for each in found})
    if as_json:
        show_json({"name": name, "compared": list(cases), "differing": differing, "differences": [*map(asdict, found)]})
        return
    headings = [Heading("black box"), Heading("objective"), Heading("what")]
    headings += [*(Heading(title, "number") for title in ("ours", "official", "p")), Heading("cure", "text")]
    rows = [
        (
            *(each.test_case, each.objective, each.what, f"{each.ours:.6g}", f"{each.official:.6g}"),
            *("" if each.p is None else f"{each.p:.1g}", each.cure),
        )
        for each in found
    ]
    if rows:
        show_tables(TextTable(headings, rows, title=f"{name}: differences beyond noise"))
    remark(f"{len(cases)} black boxes compared, {len(differing)} differ beyond noise")
