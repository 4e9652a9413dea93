"""`arena provenance`: what a score came from."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from arena.client.http import client_from_environment
from arena.commands.options import Json, SubmissionArgument
from arena.commands.seeds import Reveal, without_seeds
from arena.table import Heading, TextTable, facts_table, show_tables
from arena.terminal import NO_SCORE, remark, score_text, show_json

if TYPE_CHECKING:
    from arena.api.submissions import StudyOrigin, SubmissionProvenance

RAN_BY = (
    "environment",
    "optimizer_image",
    "blackbox_image",
    "runtime",
    "runner_code_version",
    "aggregator_code_version",
)


def provenance(submission: SubmissionArgument, reveal: Reveal = False, as_json: Json = False) -> None:
    """Show what a score came from: baseline, zip, images and more.

    Organizers also see the code versions, the execution of each study, and with --reveal the seeds.
    """
    answer = client_from_environment().get(f"/api/v1/submissions/{submission}/provenance")
    if as_json:
        show_json(answer.json if reveal else without_seeds(answer.json))
        return
    from arena.api.submissions import OrganizerProvenance, SubmissionProvenance

    if "studies" not in answer.json:  # what a team may know
        show_tables(facts_table(_origins(answer.parse(SubmissionProvenance), reveal=False)))
        return
    record = answer.parse(OrganizerProvenance)
    show_tables(facts_table(_origins(record, reveal=reveal)), studies_table(record.studies, reveal=reveal))
    if not reveal:
        remark("The seeds are secret; --reveal prints them.")
    remark("'arena replay EXECUTION' runs an execution again and compares the results bit for bit.")


def _origins(record: "SubmissionProvenance", *, reveal: bool) -> Iterator[tuple[str, str]]:
    from arena.api.submissions import HashedBaseline, OrganizerProvenance

    detailed = record if isinstance(record, OrganizerProvenance) else None
    yield "submission", str(record.submission_id)
    yield "competition", f"{record.competition} / {record.phase}"
    yield "team", record.team
    yield "score", score_text(record.score)
    yield "revision", f"{record.revision or NO_SCORE}"
    if detailed and detailed.revision_code_version:
        yield "applied by code", detailed.revision_code_version
    yield "zip", record.zip.filename
    yield "zip's SHA-256", record.zip.sha256
    if baseline := record.baseline:
        yield "baseline", f"{baseline.name}@{baseline.version}"
        if isinstance(baseline, HashedBaseline):
            yield "baseline's SHA-256", baseline.sha256
    yield "parameter names", record.parameter_names
    if detailed is None:
        yield "environment", record.environment
        yield from (("optimizer image", image) for image in record.optimizer_images)
        return
    for each in detailed.ran_by:
        yield "studies", str(each.studies)
        yield from ((name.replace("_", " "), getattr(each, name) or NO_SCORE) for name in RAN_BY)
    if reveal:
        yield "competition seed", detailed.competition_seed


def studies_table(studies: Sequence["StudyOrigin"], *, reveal: bool) -> TextTable:
    """Return which execution each study was part of, and on request the seeds of both sides."""
    headings = [Heading("box"), Heading("study", "number"), Heading("execution")]
    if not reveal:
        return TextTable(headings, [(each.box, str(each.study), each.execution) for each in studies])
    seeds = [Heading("seed", "number"), Heading("optimizer seed", "number")]
    return TextTable(
        [*headings, *seeds],
        [(each.box, str(each.study), each.execution, str(each.seed), str(each.optimizer_seed)) for each in studies],
    )
