"""`arena problem`: writes a family of problems to start from, and checks one before a competition uses it."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arena.commands.extras import CHECK, needs_extra
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.new_folder import README, read_texts, write_folder
from arena.commands.options import Json
from arena.package_data import PROBLEM_START
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, console_for_people, plain, show_json

if TYPE_CHECKING:
    from arena.family.findings import FamilyFindings

MEGABYTE = 1024**2
group = LazyGroup(
    "Write and check problems of your own.",
    [
        Listed("new", "problem.commands:new_problem", "Write a family of problems that passes 'arena problem check'."),
        Listed("check", "problem.commands:check_problem", "Try a family of problems as studies would use it."),
    ],
)


def new_problem(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    as_json: Json = False,
) -> None:
    """Write a family of problems that passes 'arena problem check'."""
    contents = read_texts(PROBLEM_START)
    contents |= {README: contents[README].replace("NAME", folder.resolve().name)}
    write_folder(folder, contents, following="arena problem check", as_json=as_json)


def check_problem(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The family's folder.", exists=True, file_okay=False)],
    problem: Annotated[
        list[str] | None, typer.Option("--problem", help="Name of a problem to try, repeatable; without it, all.")
    ] = None,
    points: Annotated[int, typer.Option("--points", min=1, help="Random points of each problem to try.")] = 8,
    as_json: Json = False,
) -> None:
    """Try a family of problems as studies would use it.

    It runs in the platform's own container, without a network. The exit code is 0 if a competition may use it, else 1.
    """
    with needs_extra(CHECK):
        from arena.check.studies import read_settings
        from arena.family.check import CheckSize, check_family
    settings = read_settings(os.environ)
    with console_for_people().status("building the image") as status:

        def report(name: str, done: int, total: int) -> None:
            status.update(plain(f"{name}: {done} of {total} evaluations"))

        size = CheckSize(random_points=points)
        findings = asyncio.run(check_family(folder, settings, problems=problem, size=size, report=report))
    show_json(findings.body()) if as_json else show_findings(findings)
    raise typer.Exit(0 if findings.accepted else 1)


def show_findings(findings: "FamilyFindings") -> None:
    """Print what a check found, for people."""
    bodies = [each.body() for each in findings.problems]
    if bodies:
        headings = [Heading("problem"), *(Heading(title, "number") for title in TITLES)]
        show_tables(TextTable(headings, [_row(body) for body in bodies]))
    for refusal in findings.refusals:
        console.print(plain(f"refused ({refusal.code}): {refusal.sentence}"), soft_wrap=True)
    if findings.accepted:
        count = len(bodies)
        console.print(
            plain(f"accepted: {count} problem{'s' * (count != 1)}, with the same losses in every order and process")
        )


TITLES = ("parameters", "points", "seconds each", "longest", "MB", "lowest loss", "highest loss")


def _row(body: dict[str, Any]) -> tuple[str, ...]:
    numbers = [body[key] for key in ("evaluation_s", "longest_evaluation_s")]
    losses = [body[key] for key in ("lowest_loss", "highest_loss")]
    return (
        *(body["problem"], str(body["parameters"]), str(body["points"])),
        *("" if each is None else f"{each:.4f}" for each in numbers),
        f"{body['memory_bytes'] / MEGABYTE:.0f}",
        *("" if each is None else f"{each:.6g}" for each in losses),
    )
