"""What a competition takes, by the arithmetic that the organizers of 2020 did by hand."""

import csv
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from arena.estimate.page import write_html
from arena.estimate.probe import read_times
from arena.estimate.tables import heat_map, notes, savings_table, summary, write_csv
from arena.estimate.workload import Probe, WorkPlan, by_cell, cost, estimate_work, trainings
from arena.table import show_tables

BOXES = (("a", "DT", "iris"), ("b", "DT", "wine"), ("c", "SVM", "iris"))
seconds = st.lists(st.floats(0.001, 100), min_size=1, max_size=5).map(tuple)


def probes(*times: tuple[float, ...]) -> list[Probe]:
    return [
        Probe(label, model, dataset, "acc", each, evaluation_cpu_s=math.fsum(each))
        for (label, model, dataset), each in zip(BOXES, times, strict=False)
    ]


def test_the_work_of_2020() -> None:
    plan = WorkPlan(teams=30, submissions=30, studies=10, n_calls=16, n_suggestions=8)

    assert trainings(plan, 9 * 24) == 248_832_000


def test_one_box_by_hand() -> None:
    plan = WorkPlan(
        teams=2, submissions=3, studies=5, n_calls=4, n_suggestions=2, overhead_s=1, runners=2, slots=3, price=0.5
    )

    found = estimate_work(plan, probes((1.0, 3.0)))

    (row,) = found.rows
    assert row.study_s == 8 * 2.0 + 1
    assert row.error_s == pytest.approx(8 * 1.0)
    assert row.share == 1
    assert found.total.studies == 30
    assert found.total.trainings == 240
    assert found.total.machine_hours == pytest.approx(30 * 17 / 3600 / 3)
    assert found.total.wall_hours == pytest.approx(found.total.machine_hours / 2)
    assert found.total.price == pytest.approx(found.total.machine_hours / 2)
    assert found.submission_hours == pytest.approx(17 / 3600)  # five studies, six slots


def test_other_work_on_the_machine_does_not_make_a_black_box_cost_more() -> None:
    plan = WorkPlan(n_calls=4, n_suggestions=2, overhead_s=1)
    quiet, busy = (Probe("a", "DT", "iris", "acc", wall_s, evaluation_cpu_s=2.0) for wall_s in ((0.5, 1.5), (1.5, 4.5)))

    (alone,), (beside,) = (estimate_work(plan, [probe]).rows for probe in (quiet, busy))

    assert alone.study_s == beside.study_s == 8 * 1.0 + 1
    assert alone.error_s == pytest.approx(beside.error_s) == pytest.approx(8 * 0.5)
    assert alone.is_cpu_time
    assert notes(estimate_work(plan, [quiet])) == []


def test_a_probe_without_a_cpu_time_is_taken_by_its_wall_time_and_named() -> None:
    old = Probe("a", "DT", "iris", "acc", (1.0, 3.0), evaluation_cpu_s=None)

    found = estimate_work(WorkPlan(n_calls=4, n_suggestions=2, overhead_s=1), [old])

    (row,) = found.rows
    assert (row.study_s, row.is_cpu_time) == (8 * 2.0 + 1, False)
    (note,) = notes(found)
    assert note.startswith("a: probed before")


def test_times_of_an_export_are_read_with_the_cpu_time_if_every_study_has_it() -> None:
    first = {"eval_time_s": [[0.1, 0.2]], "evaluation_cpu_s": 0.25}
    second = {"eval_time_s": [[0.3]], "evaluation_cpu_s": 0.5}
    old = {"eval_time_s": [[0.3]], "evaluation_cpu_s": None}

    assert read_times(["{}", json.dumps(first), json.dumps(second)]) == ((0.1, 0.2, 0.3), 0.75)
    assert read_times(["{}", json.dumps(first), json.dumps(old)]) == ((0.1, 0.2, 0.3), None)


@given(st.lists(seconds, min_size=1, max_size=3))
def test_shares_are_of_one_whole_and_what_cropping_saves_is_what_the_rest_does_not_take(
    times: list[tuple[float, ...]],
) -> None:
    plan = WorkPlan(price=2.0)
    found = estimate_work(plan, probes(*times))

    assert math.fsum(row.share for row in found.rows) == pytest.approx(1)
    assert [row.study_s for row in found.rows] == sorted((row.study_s for row in found.rows), reverse=True)
    for row in found.rows:
        rest = cost(plan, [each.study_s for each in found.rows if each is not row])
        assert found.total.price - row.saves.price == pytest.approx(rest.price, abs=1e-6)
        assert found.total.trainings - row.saves.trainings == rest.trainings
    assert math.fsum(share for _, share in by_cell(found.rows).values()) == pytest.approx(1)


def test_the_table_is_shown_and_written_with_every_box(tmp_path: Path) -> None:
    found = estimate_work(WorkPlan(), probes((0.1, 0.2), (0.3,), (1.0, 1.0)))

    console = Console(record=True, width=160, force_terminal=True, color_system="truecolor")
    show_tables(heat_map(found), savings_table(found), on=console)
    write_csv(found, tmp_path / "table.csv")
    write_html(found, summary(found), "c", tmp_path / "table.html")

    text = console.export_text(clear=False)
    assert "129 s" in text
    assert "48;2;179;0;0" in console.export_text(styles=True)
    rows = list(csv.DictReader((tmp_path / "table.csv").open()))
    assert [row["label"] for row in rows] == ["c", "b", "a"]
    assert float(rows[0]["saves_machine_hours"]) == pytest.approx(found.rows[0].saves.machine_hours)
    page = (tmp_path / "table.html").read_text()
    assert '<th scope="row">c</th><td>SVM</td><td>iris</td><td>acc</td>' in page
    assert "129 s<small>" in page
    assert "customdata" not in page
    assert "<script" not in page
