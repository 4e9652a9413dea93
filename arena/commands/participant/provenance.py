"""`arena provenance`: what a score came from."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from arena.client.http import client_from_environment
from arena.commands.options import Json
from arena.terminal import NO_SCORE, console, plain, score_text, show_json

if TYPE_CHECKING:
    from arena.api.submissions import StudyOrigin, SubmissionProvenance

RAN_BY = ("optimizer_image", "blackbox_image", "runtime", "runner_code_version", "aggregator_code_version")


def provenance(
    submission: Annotated[str, typer.Argument(help="Id of the submission.")],
    as_json: Json = False,
) -> None:
    """Show what a score came from: baseline, zip, images and more.

    Organizers also see the code versions and the seeds.
    """
    answer = client_from_environment().get(f"/api/v1/submissions/{submission}/provenance")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.submissions import OrganizerProvenance, SubmissionProvenance

    if "studies" not in answer.json:  # what a team may know
        console.print(origins_table(answer.parse(SubmissionProvenance)))
        return
    record = answer.parse(OrganizerProvenance)
    console.print(origins_table(record))
    console.print(_seeds_table(record.studies))
    console.print("'arena replay EXECUTION' runs an execution again and compares the results bit for bit.")


def origins_table(record: "SubmissionProvenance") -> Table:
    """Return what a score came from as a table."""
    table = Table(show_header=False, box=None)
    for name, text in _origins(record):
        table.add_row(name, plain(text))
    return table


def _origins(record: "SubmissionProvenance") -> Iterator[tuple[str, str]]:
    from arena.api.submissions import HashedBaseline, OrganizerProvenance

    detailed = record if isinstance(record, OrganizerProvenance) else None
    code = detailed and detailed.revision_code_version
    yield "submission", str(record.submission_id)
    yield "competition", f"{record.competition} / {record.phase}"
    yield "team", record.team
    yield "score", score_text(record.score)
    yield "revision", f"{record.revision or NO_SCORE}" + (f", applied by code {code}" if code else "")
    yield "zip", f"{record.zip.filename}, SHA-256 {record.zip.sha256}"
    if baseline := record.baseline:
        digest = f", SHA-256 {baseline.sha256}" if isinstance(baseline, HashedBaseline) else ""
        yield "baseline", f"{baseline.name}@{baseline.version}{digest}"
    if detailed is None:
        yield from (("optimizer image", image) for image in record.optimizer_images)
        return
    for each in detailed.ran_by:
        yield "", f"{each.studies} studies by"
        yield from ((name.replace("_", " "), getattr(each, name) or NO_SCORE) for name in RAN_BY)
    yield "competition seed", detailed.competition_seed


def _seeds_table(studies: Sequence["StudyOrigin"]) -> Table:
    table = Table(title="studies")
    for column in ("box", "study", "seed", "optimizer seed"):
        table.add_column(column, justify="left" if column == "box" else "right")
    table.add_column("execution", no_wrap=True)
    for each in studies:
        table.add_row(each.box, str(each.study), str(each.seed), str(each.optimizer_seed), each.execution)
    return table
