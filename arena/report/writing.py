"""From the data of a final to its files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.api.export import ExportHeader
from arena.api.reruns import FinalStatus
from arena.report.any_budget import any_budget_tables, measure_final
from arena.report.comparison import compare
from arena.report.data import FinalData
from arena.report.names import compare_names, names_table
from arena.report.page import render
from arena.report.statistics import rank_final
from arena.report.tables import all_tables, write_tables
from arena.words.names import name_test_case


def write_report(
    data: FinalData, out: Path, directory: Path | None, *, reveal: bool, second: FinalStatus | None = None
) -> dict[str, Any]:
    """Write the page, and its tables into a folder if there is one; returns what was written.

    `second` is the final's second phase, shown with losses: the report says what parameter names were worth.
    """
    ranked = rank_final(data.last)
    comparison = compare(data.last.mean(axis=2), [team.name for team in data.teams])
    labels = _labels(data.header, reveal=reveal)
    figures = measure_final(data)
    tables = all_tables(data, ranked, comparison, labels) + any_budget_tables(data, ranked, figures)
    if second is not None:
        tables.append(names_table(compare_names(data, second)))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(render(data, ranked, comparison, tables, labels, figures, datetime.now(UTC)), encoding="utf-8")
    files = write_tables(directory, tables, data) if directory is not None else []
    teams, boxes, studies = data.last.shape
    return {"page": str(out), "teams": teams, "boxes": boxes, "studies": teams * boxes * studies, "files": files}


def _labels(header: ExportHeader, *, reveal: bool) -> dict[str, str]:
    return {
        each.box: f"{each.box} {name_test_case(each.model, each.dataset, each.metric)}" if reveal else each.box
        for each in header.boxes
    }
