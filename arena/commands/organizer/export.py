"""`arena export`: a phase's evaluations in the formats of the field, and whether Bayesmark scores them the same."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arena.client.http import Client, client_from_environment
from arena.commands.extras import PARQUET, REPORT, needs_extra
from arena.commands.options import CompetitionOption, Json, PhaseOption
from arena.failure import Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import remark, remark_to_copy, score_text, show_json

if TYPE_CHECKING:
    from arena.api.export import ExportHeader
    from arena.export.verification import VerifiedScore
    from arena.scales import Scale

DIGITS = 6


class ExportFormat(StrEnum):
    """Whose tools read an export."""

    BAYESMARK = "bayesmark"
    IOH = "ioh"
    COCO = "coco"
    PARQUET = "parquet"


FormatOption = Annotated[
    ExportFormat,
    typer.Option("--format", help="For stock Bayesmark, IOHanalyzer, COCO's cocopp, or as one Parquet file."),
]


def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    competition: CompetitionOption,
    phase: PhaseOption,
    export_format: FormatOption = ExportFormat.BAYESMARK,
    verify: Annotated[
        bool, typer.Option("--verify", help="Let stock Bayesmark score it, and compare with the leaderboard.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a phase's evaluations in a format that the field's tools read.

    It holds each team's counting submission. With --verify, the exit code is 1 if a score is not the leaderboard's.
    """
    if verify and export_format != ExportFormat.BAYESMARK:
        raise Failure(
            f"Expected --verify with the format bayesmark, which it lets stock Bayesmark score, got {export_format}."
        )
    client = client_from_environment()
    written = _write(
        client, f"/api/v1/admin/competitions/{competition}/phases/{phase}/export", directory, export_format
    )
    if export_format != ExportFormat.BAYESMARK:
        show_json(written) if as_json else _show_other(directory, written, export_format)
        return
    scores = _verify(client, competition, phase, directory, written["methods"]) if verify else []
    if as_json:
        show_json(written | ({"scores": [asdict(each) for each in scores]} if verify else {}))
    else:
        _show(directory, written, scores)
    if differing := [each.team for each in scores if not each.agrees]:
        raise Failure(
            f"Stock Bayesmark's score is not the leaderboard's for {', '.join(differing)}. Where one of the two is "
            "missing, the submission that counts has changed meanwhile: export again, into another folder."
        )


def _write(client: Client, path: str, directory: Path, export_format: ExportFormat) -> dict[str, Any]:
    def baseline(name: str, version: int) -> dict[str, Any]:
        return client.get(f"/api/v1/admin/baselines/{name}", version=version).json

    def scales(header: "ExportHeader") -> Mapping[str, "Scale"]:
        from arena.scales import scales_of

        name, version = header.baseline.name, header.baseline.version
        return scales_of(baseline(name, version), f"{name}@{version}") if name and version else {}

    match export_format:
        case ExportFormat.BAYESMARK:
            with needs_extra(REPORT):
                from arena.export.results_folder import write_results_folder
            with client.lines(path) as lines:
                return write_results_folder(lines, directory, baseline)
        case ExportFormat.IOH:
            from arena.export.ioh import write_ioh

            with client.lines(path) as lines:
                return write_ioh(lines, directory)
        case ExportFormat.COCO:
            from arena.export.coco import write_coco

            with client.lines(path) as lines:
                return write_coco(lines, directory, scales)
        case ExportFormat.PARQUET:
            with needs_extra(PARQUET):
                from arena.export.parquet import write_parquet
            with client.lines(path) as lines:
                return write_parquet(lines, directory, scales)


def _verify(
    client: Client, competition: str, phase: str, directory: Path, methods: dict[str, str]
) -> Sequence["VerifiedScore"]:
    from arena.api.leaderboard import Leaderboard
    from arena.export.bayesmark_tools import stock_scores
    from arena.export.verification import compare_scores

    if not methods:
        raise Failure(f"Expected scored submissions in {competition} / {phase}, there is none yet: nothing to verify.")
    board = client.get(f"/api/v1/competitions/{competition}/leaderboard", phase=phase).parse(Leaderboard)
    return compare_scores(methods, board, stock_scores(directory))


def _show(directory: Path, written: dict[str, Any], scores: Sequence["VerifiedScore"]) -> None:
    remark(f"{written['studies']} studies of {len(written['methods'])} submissions in {directory}")
    if dropped := written["suggestions_dropped"]:
        remark(f"Suggestions were dropped on {dropped['dropped_at']} by {dropped['dropped_by']}: the folder has none.")
    if scores:
        show_tables(scores_table(scores))
        return
    for tool in ("agg", "anal"):
        remark_to_copy(f"next: arena bayesmark {tool} {shlex.quote(str(directory))}")


def _show_other(directory: Path, written: dict[str, Any], export_format: ExportFormat) -> None:
    remark(f"{written['studies']} studies in {directory}")
    if export_format == ExportFormat.COCO:
        for group in written["groups"]:
            remark_to_copy(f"next: python -m cocopp {shlex.quote(str(directory / group))}/*")


def scores_table(scores: Sequence["VerifiedScore"]) -> TextTable:
    """Return both scores of each submission as a table."""
    headings = [
        *(Heading("team", "text"), Heading("submission"), Heading("leaderboard", "number")),
        *(Heading("Bayesmark", "number"), Heading("compared")),
    ]
    rows = [
        (
            *(each.team, each.submission_id),
            *(score_text(score, digits=DIGITS) for score in (each.leaderboard, each.bayesmark)),
            "same" if each.agrees else "differs",
        )
        for each in scores
    ]
    return TextTable(headings, rows)
