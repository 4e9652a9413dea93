"""What the field's own tools read in an export: IOHanalyzer's, COCO's, and whatever reads Parquet."""

import csv
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from arena.api.export import ExportHeader
from arena.export.coco import name_functions, write_coco
from arena.export.ioh import FAILED, write_ioh
from arena.export.parquet import write_parquet
from arena.failure import Failure
from arena.scales import Scale, scales_of
from arena.scoring import study_curve
from tests.support.field_tools.environment import run_tool
from tests.support.oracles.exported import CASES, DOCUMENT, STUDIES, TEAMS, as_text, header, scale, studies

READ_IOH = """
import iohinspector, json, polars, sys
manager = iohinspector.DataManager()
manager.add_folder(sys.argv[1])
runs = manager.load(monotonic=True, include_meta_data=True)
names = ["algorithm_name", "function_name", "run_id"]
print(json.dumps(runs.group_by(names).agg(polars.col("raw_y").min()).rows(named=True)))
"""
READ_COCO = """
import cocopp, json, sys
cocopp.genericsettings.verbose = -1
found = cocopp.load(sys.argv[1])
print("FOUND" + json.dumps([[each.funcId, each.dim, each.nbRuns(), each.detERT([10.0])[0]] for each in found]))
"""


def scales(_: ExportHeader) -> Mapping[str, Scale]:
    return scales_of(DOCUMENT, "the official baseline")


def least(line: dict[str, Any]) -> float:
    found = min(min(row) for row in line["visible"])
    return FAILED if found == math.inf else found


def test_iohinspector_reads_the_same_best_losses(tmp_path: Path) -> None:
    lines = studies()

    written = write_ioh(as_text(lines), tmp_path / "ioh")
    found = json.loads(run_tool("-c", READ_IOH, "ioh", folder=tmp_path))

    assert written["studies"] == len(lines)
    read = {(each["algorithm_name"], each["function_name"], each["run_id"]): each["raw_y"] for each in found}
    assert read == {
        (line["team"], "_".join(CASES[int(line["box"][4:])]), line["study"] + 1): least(line) for line in lines
    }


def test_an_ioh_export_has_a_function_for_each_box_and_a_run_for_each_study(tmp_path: Path) -> None:
    write_ioh(as_text(studies()), tmp_path / "ioh")

    about = json.loads((tmp_path / "ioh" / TEAMS[1] / "IOHprofiler_f2_box-1.json").read_text())

    assert (about["suite"], about["function_id"], about["function_name"]) == ("arena-sklearn", 2, "lasso_boston_mse")
    assert {"label": "box-1"} in about["experiment_attributes"]
    (scenario,) = about["scenarios"]
    assert scenario["dimension"] == 2
    assert [each["evals"] for each in scenario["runs"]] == [128] * STUDIES
    assert (tmp_path / "ioh" / TEAMS[1] / scenario["path"]).read_text().count("evaluations raw_y\n") == STUDIES


def test_cocopp_makes_its_pages_and_the_expected_running_times_of_an_export(tmp_path: Path) -> None:
    lines = studies()

    written = write_coco(as_text(lines), tmp_path / "coco", scales)
    folders = [f"coco/boxes-1/{name}" for name in written["folders"].values()]
    run_tool("-m", "cocopp", "-o", "pages", *folders, folder=tmp_path)
    printed = run_tool("-c", READ_COCO, folders[1], folder=tmp_path)

    assert written["groups"] == ["boxes-1"]
    (page,) = (tmp_path / "pages").glob("*/pptables.html")
    assert "plain" in page.read_text()
    assert list((tmp_path / "pages").glob("*/pprldmany_05D_noiselessall.svg")), "the ECDFs of all black boxes"
    found = json.loads(printed.rpartition("FOUND")[2])
    assert found == [[number + 1, 5, STUDIES, pytest.approx(expected_time(lines, number))] for number in range(3)]


def expected_time(lines: list[dict[str, Any]], number: int) -> float:
    """The expected running time to a score of 90, by its definition: all evaluations over all successes."""
    clip, best = scale("_".join(CASES[number]))
    evaluations, successes = 0, 0
    for line in lines:
        if (line["team"], line["box"]) != ("plain", f"box-{number}"):
            continue
        losses = [loss for row in line["visible"] for loss in row]
        hits = [place for place, loss in enumerate(losses, 1) if 100 * (loss - best) / (clip - best) <= 10.0]
        evaluations += hits[0] if hits else len(losses)
        successes += bool(hits)
    return evaluations / successes if successes else math.inf


def test_boxes_of_other_families_are_functions_by_the_two_dozen() -> None:
    boxes = [
        {**header()["boxes"][0], "box": f"box-{place:02}", "family": family, "model": name, "dataset": "", "metric": ""}
        for place, (family, name) in enumerate([("sklearn", "a")] * 25)
    ]
    named = name_functions(ExportHeader.model_validate({**header(), "boxes": boxes}))

    assert [(each.group, each.function) for each in named.values()][22:] == [
        ("boxes-1", 23),
        ("boxes-1", 24),
        ("boxes-2", 1),
    ]
    assert {(each.suite, each.dim) for each in named.values()} == {("bbob-boxed", 5)}


def test_cocopp_reads_a_black_box_of_bbob_as_the_function_that_it_is(tmp_path: Path) -> None:
    stated = header()
    stated["boxes"][0] |= {"family": "bbob", "model": "bbob-f08-d10-i3", "dataset": "", "metric": ""}
    sent = [stated, *(line for line in studies() if line["box"] == "box-0")]
    known = {"bbob-f08-d10-i3": scales_of(DOCUMENT, "the official baseline")["_".join(CASES[0])]}

    written = write_coco((json.dumps(line) for line in sent), tmp_path / "coco", lambda _: known)
    folder = f"coco/bbob/{sorted(written['folders'].values())[0]}"
    found = json.loads(run_tool("-c", READ_COCO, folder, folder=tmp_path).rpartition("FOUND")[2])

    assert [each[:3] for each in found] == [[8, 10, STUDIES]]
    assert [path.name for path in (tmp_path / "coco").iterdir() if path.is_dir()] == ["bbob"]


def test_a_coco_export_says_which_box_is_which_function(tmp_path: Path) -> None:
    write_coco(as_text(studies()), tmp_path / "coco", scales)

    with (tmp_path / "coco" / "functions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(row["function"], row["box"], row["test_case"]) for row in rows] == [
        (str(number + 1), f"box-{number}", "_".join(case)) for number, case in enumerate(CASES)
    ]


def test_no_team_s_name_gets_into_a_path_or_a_link(tmp_path: Path) -> None:
    lines = studies()
    for line in lines:
        line["team"] = {TEAMS[0]: "../<b>'", TEAMS[1]: "..-b"}[line["team"]]

    written = [write_ioh(as_text(lines), tmp_path / "ioh"), write_coco(as_text(lines), tmp_path / "coco", scales)]

    for each in written:
        folders = each["folders"].values()
        assert len(set(folders)) == 2
        assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", folder) for folder in folders)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["coco", "ioh"]


def test_a_parquet_file_has_a_row_for_each_evaluation_on_the_scale_of_scores(tmp_path: Path) -> None:
    lines = studies()

    written = write_parquet(as_text(lines), tmp_path / "tidy", scales)
    rows = pq.read_table(tmp_path / "tidy" / "evaluations.parquet").to_pylist()  # type: ignore[no-untyped-call]

    assert (written["studies"], written["rows"], len(rows)) == (len(lines), len(lines) * 128, len(lines) * 128)
    for place, line in enumerate(lines):
        of_study = rows[place * 128 : (place + 1) * 128]
        assert [row["visible_loss"] for row in of_study] == [loss for each in line["visible"] for loss in each]
        assert [row["generalization_loss"] for row in of_study] == [
            loss for each in line["generalization"] for loss in each
        ]
        assert [row["evaluation"] for row in of_study] == list(range(1, 129))
        curve = study_curve(line["visible"], *scale(of_study[0]["test_case"]))
        np.testing.assert_allclose([row["rescaled_loss"] for row in of_study[::8]], curve, rtol=0, atol=1e-12)
        assert json.loads(of_study[-1]["parameters"]) == line["suggestions"][-1][-1]


def test_a_parquet_file_of_a_mixed_competition_names_each_boxs_family_and_problem(tmp_path: Path) -> None:
    stated = header()
    for box, (family, problem) in zip(stated["boxes"], [("bbob", "bbob-f08-d10-i3"), ("tea", "green")], strict=False):
        box |= {"family": family, "model": problem, "dataset": "", "metric": ""}
    sent = [stated, *(line for line in studies() if line["study"] == 0)]

    write_parquet((json.dumps(line) for line in sent), tmp_path / "tidy", lambda _: {})
    columns = ["box", "family", "test_case", "rescaled_loss"]
    table = pq.read_table(tmp_path / "tidy" / "evaluations.parquet", columns=columns)  # type: ignore[no-untyped-call]

    assert {tuple(row.values()) for row in table.to_pylist()} == {
        ("box-0", "bbob", "bbob-f08-d10-i3", None),
        ("box-1", "tea", "green", None),
        ("box-2", "sklearn", "_".join(CASES[2]), None),
    }


def test_every_column_of_a_parquet_file_is_described(tmp_path: Path) -> None:
    write_parquet(as_text(studies()), tmp_path / "tidy", scales)

    schema = pq.read_schema(tmp_path / "tidy" / "evaluations.parquet")  # type: ignore[no-untyped-call]
    page = (Path(__file__).parents[3] / "docs" / "organizer" / "exports.md").read_text()

    for column in schema:
        assert f"| `{column.name}` | {column.metadata[b'description'].decode()} |" in page


def test_a_baseline_without_a_box_is_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="Expected a baseline for DT_iris_acc"):
        write_coco(as_text(studies()), tmp_path / "coco", lambda _: {})
