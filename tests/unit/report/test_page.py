"""The page of a report: all its parts, nothing from elsewhere, and names of teams as text whatever they are."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from arena.api.reruns import FinalStatus
from arena.failure import Failure
from arena.report.data import read_data
from arena.report.writing import write_report
from benchmarks.synthetic import SyntheticFinal
from tests.support.report_page import Page

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<b>bold</b> & <a href='https://evil.example'>x",
    "%{x} ]]> --><svg onload=alert(1)>",
    "$\\frac{",
    '=HYPERLINK("https://evil.example")',
    "{{ 7 * 7 }}",
    "\u202egnp.exe",
]
PARTS = ("final", "feedback", "convergence", "budget", "boxes", "profile", "differences", "stability", "how")
CHARTS = ("final", "feedback", "convergence", "ecdf", "boxes", "profile", "rank_stability")


def write(folder: Path, names: list[str], **options: Any) -> tuple[dict[str, Any], str]:
    synthetic = SyntheticFinal(names, n_boxes=4, studies=3)
    data = read_data(synthetic.lines(), synthetic.shown(), synthetic.baseline())
    written = write_report(data, folder / "report.html", folder / "data", **{"reveal": False, **options})
    return written, (folder / "report.html").read_text()


def with_finalist(shown: FinalStatus, place: int, **changed: Any) -> FinalStatus:
    finalists = list(shown.finalists)
    finalists[place] = finalists[place].model_copy(update=changed)
    return shown.model_copy(update={"finalists": finalists})


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Page, str]:
    folder = tmp_path_factory.mktemp("report")
    _, text = write(folder, HOSTILE)
    return folder, Page(text), text


def test_every_part_is_there_and_every_chart_has_a_table(hostile: tuple[Path, Page, str]) -> None:
    _, page, _ = hostile
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert set(PARTS) <= ids
    assert {f"chart-{name}" for name in CHARTS} <= ids
    assert sum(tag == "svg" for tag, _ in page.tags) == 1, "the critical-difference diagram"
    assert sum(tag == "table" for tag, _ in page.tags) == len(CHARTS) + 4


def test_the_page_loads_nothing(hostile: tuple[Path, Page, str]) -> None:
    _, page, _ = hostile
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img"}
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
        assert (attributes.get("xlink:href") or "#").startswith("#")
    assert "url(" not in page.styles
    assert "@import" not in page.styles
    (policy,) = [each["content"] for tag, each in page.tags if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy


def test_names_of_teams_are_text_everywhere(hostile: tuple[Path, Page, str]) -> None:
    _, page, text = hostile
    executed = [data for attributes, data in page.scripts if attributes.get("type") != "application/json"]
    assert len(executed) == 2
    assert not any("alert(1)" in script for script in executed)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert not {"b", "img"} & {tag for tag, _ in page.tags}
    assert set(HOSTILE[:-1]) <= set(page.cells)
    assert "49" not in page.cells
    assert "\u202e" not in text


def test_names_of_teams_have_no_marks_in_charts(hostile: tuple[Path, Page, str]) -> None:
    _, page, _ = hostile
    charts = [json.loads(data) for attributes, data in page.scripts if attributes.get("type") == "application/json"]
    assert len(charts) == len(CHARTS)

    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [text for each in values for text in texts(each)]

    found = [text.replace("<extra></extra>", "") for chart in charts for text in texts(chart)]
    assert any("&lt;script&gt;" in text for text in found)
    assert not any("<" in text for text in found)


def test_the_data_behind_the_page_is_written_as_csv_and_json(hostile: tuple[Path, Page, str]) -> None:
    folder, _, _ = hostile
    rows = json.loads((folder / "data/final.json").read_text())
    assert {row["team"] for row in rows} == set(HOSTILE)
    with (folder / "data/final.csv").open(newline="") as file:
        cells = [row["team"] for row in csv.DictReader(file)]
    assert [cell.removeprefix("'") for cell in cells] == [row["team"] for row in rows]
    assert not any(cell.startswith("=") for cell in cells), "no formula for a spreadsheet"
    studies = json.loads((folder / "data/studies.json").read_text())
    assert len(studies) == len(HOSTILE) * 4 * 3
    names = {path.stem for path in (folder / "data").iterdir()}
    assert names == {*CHARTS, "fixed_budget", "fixed_target", "mean_ranks", "nemenyi", "studies"}


def test_black_boxes_have_their_labels_unless_they_are_revealed(tmp_path: Path) -> None:
    _, text = write(tmp_path / "a", ["a", "b", "c"])
    assert "DT_breast_acc" not in text
    _, text = write(tmp_path / "b", ["a", "b", "c"], reveal=True)
    assert "box-01 DT_breast_acc" in text


@pytest.mark.parametrize("teams", [1, 2])
def test_too_few_teams_for_a_test_have_a_report_that_says_so(tmp_path: Path, teams: int) -> None:
    written, text = write(tmp_path, ["a", "b"][:teams])
    assert written["teams"] == teams
    assert "test takes three teams" in text


def test_an_export_with_fewer_studies_than_the_final_has_is_refused() -> None:
    synthetic = SyntheticFinal(["a", "b"], n_boxes=2, studies=3)
    lines = list(synthetic.lines())
    with pytest.raises(Failure, match="Expected 3 studies of b on box-02, the export has 2"):
        read_data(lines[:-1], synthetic.shown(), synthetic.baseline())
    with pytest.raises(Failure, match="Expected 3 studies of b on box-01, the export has 0"):
        read_data(lines[:7], synthetic.shown(), synthetic.baseline())


def test_a_final_without_a_score_has_no_report() -> None:
    synthetic = SyntheticFinal(["a"], n_boxes=2, studies=3)
    shown = with_finalist(synthetic.shown(), 0, state="running")
    with pytest.raises(Failure, match="at least one finalist with a score"):
        read_data(synthetic.lines(), shown, synthetic.baseline())


def test_finalists_without_a_score_are_named(tmp_path: Path) -> None:
    synthetic = SyntheticFinal(["a", "b", "c"], n_boxes=2, studies=3)
    shown = with_finalist(synthetic.shown(), 1, state="failed", verdict="out_of_memory")
    data = read_data(synthetic.lines(), shown, synthetic.baseline())
    write_report(data, tmp_path / "report.html", None, reveal=False)
    assert "b (out_of_memory)" in (tmp_path / "report.html").read_text()
