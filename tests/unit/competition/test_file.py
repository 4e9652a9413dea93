"""A competition as a file: every fault at once, on its line, with its cure."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.api.competition_document import Competition
from arena.competition.file import CompetitionFile, InvalidCompetitionFile, read_competition
from arena.failure import Failure
from tests.support import csv_files
from tests.support.toml_text import toml_text

EXAMPLE = Path(__file__).parents[3] / "examples/demo/competition.toml"
BASELINES = {"official", "official@1"}
BOX = {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "acc"}
GRID = {"models": ["DT", "kNN", "SVM"], "datasets": ["iris", "wine"], "metrics": ["acc"]}
PHASE = {"name": "feedback", "baseline": "official", "boxes": ["box-01"], "studies_per_box": 2}


def document(**changes: Any) -> dict[str, Any]:
    return {"slug": "c", "name": "C", "seed": "s", "black_boxes": [BOX], "phases": [PHASE], **changes}


def read(folder: Path, text: str) -> CompetitionFile:
    file = folder / "competition.toml"
    file.write_text(text)
    return read_competition(file, BASELINES)


def faults(folder: Path, text: str) -> list[tuple[int, str]]:
    """(line, what and cure) of every fault."""
    with pytest.raises(InvalidCompetitionFile) as refused:
        read(folder, text)
    return [(each["line"], f"{each['what']} {each['cure']}") for each in refused.value.problem["errors"]]


def test_the_example_is_a_competition() -> None:
    found = read_competition(EXAMPLE)
    assert found.slug == "demo"
    assert len(Competition.model_validate(found.document).black_boxes) == 6


def test_a_description_is_part_of_the_document_and_its_faults_are_on_its_line(tmp_path: Path) -> None:
    text = "About *this*.\n\n- one\n"
    assert read(tmp_path, toml_text(document(description=text))).document["description"] == text
    assert read(tmp_path, toml_text(document())).document["description"] == ""

    ((line, _),) = faults(tmp_path, toml_text(document(description="x" * 20_001)))
    assert toml_text(document(description="")).splitlines()[line - 1] == 'description = ""'


FAULTY = """slug = "c"
name = "C"
sed = "s"
[[black_boxes]]
label = "box-01"
model = "DTT"
dataset = "irises"
metric = "accc"
[[phases]]
name = "feedback"
baseline = "offical"
boxes = [
    "box-01",
    "box-1",
]
visibility = "publik"
opens_at = 2026-01-01T00:00:00
[phases.limits]
memory_limit_bytes = 3
[[phases]]
name = "feedback"
baseline = "official@7"
split = 3
studies_per_box = 0
"""
EXPECTED = [
    (1, "'seed' is missing"),
    (3, "Did you mean 'seed'?"),
    (6, "Did you mean 'DT'?"),
    (7, "Did you mean 'iris'?"),
    (8, "Did you mean 'acc'?"),
    (9, "'studies_per_box' is missing"),
    (11, "Did you mean 'official'?"),
    (14, "Did you mean 'box-01'?"),
    (16, "Did you mean 'public'?"),
    (17, "Add Z for UTC."),
    (19, "greater than or equal to 67108864"),
    (21, "'feedback' again"),
    (22, "'official@7'"),
    (23, "Add [split]"),
    (24, "greater than or equal to 1, got 0"),
]


def test_every_fault_comes_at_once_with_its_line_and_cure(tmp_path: Path) -> None:
    found = faults(tmp_path, FAULTY)
    assert [line for line, _ in found] == [line for line, _ in EXPECTED]
    for (_, text), (_, fragment) in zip(found, EXPECTED, strict=True):
        assert fragment in text


def test_a_phase_says_whether_parameter_names_are_visible_or_hidden(tmp_path: Path) -> None:
    hidden = toml_text(document(phases=[PHASE | {"parameter_names": "hidden"}]))
    assert read(tmp_path, hidden).document["phases"][0]["parameter_names"] == "hidden"

    ((line, told),) = faults(tmp_path, hidden.replace("hidden", "hiden"))

    assert "Expected 'visible' or 'hidden', got 'hiden'. Did you mean 'hidden'?" in told
    assert hidden.splitlines()[line - 1].startswith("parameter_names")


@pytest.mark.parametrize(
    ("environments", "expected"),
    [
        (["small", f"modern@sha256:{'9f' * 32}"], None),
        ([], "at least 1"),
        (["Small"], "the name of an environment"),
        (["small@sha256:9f"], "the name of an environment"),
        (["small", "modern", "small"], "once, got 'small' and 'small'. Remove one."),
        (["small", f"small@sha256:{'9f' * 32}"], "once, got 'small' and 'small@sha256:9f"),
    ],
)
def test_a_phase_names_every_environment_once(tmp_path: Path, environments: list[str], expected: str | None) -> None:
    text = toml_text(document(phases=[PHASE | {"environments": environments}]))
    if expected is None:
        assert read(tmp_path, text).document["phases"][0]["environments"] == environments
        return
    ((line, told),) = faults(tmp_path, text)
    assert expected in told
    assert text.splitlines()[line - 1].startswith("environments")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"memory_limit_bytes": 64 * 1024**2, "unpacked_limit_bytes": 1000}, None),
        ({"zip_limit_bytes": 500_000_000}, None),
        ({"zip_limit_bytes": 500_000_001}, "less than or equal to 500000000, got 500000001"),
        (
            {"zip_limit_bytes": 400 * 1024**2, "unpacked_limit_bytes": 300 * 1024**2},
            "at least 400 MiB, for zips of up to 400 MiB, got 300 MiB. Raise unpacked_limit_bytes, or",
        ),
        (
            {"zip_limit_bytes": 400 * 1024**2, "memory_limit_bytes": 768 * 1024**2},
            "at least 800 MiB, for zips of up to 400 MiB, got 768 MiB. Raise memory_limit_bytes, or",
        ),
    ],
    ids=str,
)
def test_a_zip_that_may_be_uploaded_can_be_unpacked_in_the_sandbox(
    tmp_path: Path, limits: dict[str, int], expected: str | None
) -> None:
    lines = [f"{name} = {each}\n" for name, each in limits.items()]
    text = f"{toml_text(document())}\n[phases.limits]\n{''.join(lines)}"
    if expected is None:
        assert read(tmp_path, text).document["phases"][0]["limits"].items() >= limits.items()
        return
    ((line, said),) = faults(tmp_path, text)
    assert expected in said
    assert "limit_bytes" in text.splitlines()[line - 1]


def test_what_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    ((line, text),) = faults(tmp_path, 'slug = "c"\nname = \n')
    assert line == 2
    assert "Expected TOML" in text
    assert faults(tmp_path, 'slug = "c"\nboxes = [1,\n')[0][0] == 3


def test_a_phase_without_boxes_draws_them_from_those_that_no_phase_names(tmp_path: Path) -> None:
    drawn = {key: value for key, value in PHASE.items() if key != "boxes"}
    phases = [
        {**drawn, "name": "feedback", "split": 3},
        {**drawn, "name": "final", "split": 2},
        PHASE | {"name": "third"},
    ]
    text = toml_text(document(grids=[GRID], split={"seed": "x"}, phases=phases))

    found = read(tmp_path, text)

    one, other, named = (set(phase["boxes"]) for phase in found.document["phases"])
    assert (len(one), len(other), named) == (3, 2, {"box-01"})
    assert one | other | named == {box["label"] for box in found.document["black_boxes"]}
    assert read(tmp_path, text).document == found.document


def test_a_split_of_more_than_there_is_names_its_line(tmp_path: Path) -> None:
    phase = {key: value for key, value in PHASE.items() if key != "boxes"} | {"split": 9}
    text = toml_text(document(split={"seed": "x"}, phases=[phase]))
    what = "Expected 9 black boxes that no other phase has, got 1. Add black boxes, or split fewer."
    assert faults(tmp_path, text) == [(text.splitlines().index("split = 9") + 1, what)]


def test_a_black_box_that_is_not_there_is_reported_where_it_is_listed_also_beside_a_split(tmp_path: Path) -> None:
    phase = PHASE | {"boxes": ["box-01", "three"], "split": 1}
    text = toml_text(document(split={"seed": "x"}, phases=[phase]))
    lines = {line.partition(" = ")[0]: number for number, line in enumerate(text.splitlines(), start=1)}
    assert sorted(faults(tmp_path, text)) == sorted(
        [
            (lines["split"], "A phase has boxes or a split, got both. Take one away."),
            (lines["boxes"], "There is no black box 'three'. Add it to black_boxes."),
        ]
    )


def test_faults_of_a_data_set_stay_in_order_and_their_count_comes_last(tmp_path: Path) -> None:
    names, cells = (",".join(f"{kind}{number}" for number in range(30)) for kind in ("z", "x"))
    rows = "".join(f"{cells if number > 3 else cells.replace('x0', '1.5')},1.5\n" for number in range(20))
    (tmp_path / "bad.csv").write_text(f"{names},target\n{rows}")
    text = toml_text(document(datasets=[{"name": "reg-bad", "file": "bad.csv"}]))

    told = [what for _, what in faults(tmp_path, text)]

    assert [what.split("'")[1] for what in told[:3]] == ["z1", "z2", "z3"]
    assert told[-1].strip() == "bad.csv: And 10 more causes."


def test_a_data_set_of_a_grid_that_nothing_measures_is_a_fault(tmp_path: Path) -> None:
    grid = {**GRID, "datasets": ["iris", "boston"]}
    ((line, text),) = faults(tmp_path, toml_text(document(grids=[grid])))
    assert "measures 'boston'. Add mae or mse" in text
    assert toml_text(document(grids=[grid])).splitlines()[line - 1] == 'datasets = ["iris", "boston"]'


def test_a_data_set_is_read_beside_the_file_and_its_faults_name_columns_and_rows(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_bytes(csv_files.classification())
    (tmp_path / "bad.csv").write_text("a,b,target\n1.5,,2.5\n1.5,red,inf\n")
    own = [{"name": "clf-good", "file": "good.csv"}]
    boxes = [BOX, {**BOX, "label": "box-02", "dataset": "clf-good"}]

    found = read(tmp_path, toml_text(document(black_boxes=boxes, datasets=own)))
    bad = toml_text(
        document(
            black_boxes=boxes,
            datasets=[*own, {"name": "reg-bad", "file": "bad.csv"}, {"name": "reg-gone", "file": "gone.csv"}],
        )
    )

    assert found.contents == {"clf-good": csv_files.classification()}
    assert [each["name"] for each in found.document["datasets"]] == ["clf-good"]
    text = "\n".join(f"{line} {what}" for line, what in faults(tmp_path, bad))
    line = bad.splitlines().index('file = "bad.csv"') + 1
    assert f"{line} bad.csv: Column 'b': expected numbers, got no value in 1 row (row 2: '')" in text
    assert f"{line} bad.csv: Column 'b': expected numbers, got text in 1 row (row 3: 'red')" in text
    assert (
        f"{line} bad.csv: Column 'target': expected numbers, got numbers that are not finite in 1 row (row 3: 'inf')"
        in text
    )
    assert f"{line + 3} Expected a CSV file at 'gone.csv'" in text


def test_what_the_platform_refuses_is_mapped_to_lines(tmp_path: Path) -> None:
    text = toml_text(document(grids=[GRID]))
    found = read(tmp_path, text)
    errors = [
        {"where": "phases.0.studies_per_box", "what": "w", "cure": "c"},
        {"where": "body.black_boxes.2.dataset", "what": "x"},
        {"where": "phases", "what": "y"},
    ]

    refused = found.refuse(Failure("refused", {"errors": errors}))

    lines = text.splitlines()
    assert [(each["line"], each["what"]) for each in refused.problem["errors"]] == [
        (lines.index("[[phases]]") + 1, "y"),
        (lines.index("studies_per_box = 2") + 1, "w"),
        (lines.index('datasets = ["iris", "wine"]') + 1, "x"),
    ]


VALUES = ["1", "0", "true", '""', '"iris"', "[]", "{}", "[[1]]", "1979-05-27", "-1e9", '["box-01"]']


@given(st.data())
def test_whatever_is_in_the_file_is_read_or_refused_with_lines_that_are_there(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Lines of a good file, some gone, some with another value."""
    good = document(grids=[GRID], split={"seed": "x"}, datasets=[{"name": "clf-a", "file": "a"}])
    changed = []
    for line in toml_text(good).splitlines():
        what = data.draw(st.sampled_from(["keep", "keep", "keep", "drop", "change"]))
        if what == "change" and " = " in line:
            changed.append(f"{line.partition(' = ')[0]} = {data.draw(st.sampled_from(VALUES))}")
        elif what != "drop":
            changed.append(line)
    refused: list[Any] = []
    try:
        read(tmp_path_factory.mktemp("any"), "\n".join(changed))
    except InvalidCompetitionFile as faulty:
        refused = faulty.problem["errors"]
    assert all(1 <= each["line"] <= len(changed) + 1 for each in refused)


def test_boards_and_baseline_rows_are_read_and_their_faults_have_lines(tmp_path: Path) -> None:
    board = {"name": "early", "title": "Early", "phase": "feedback", "after_iterations": 4}
    row = {"name": "Random search", "built_in": "random"}

    found = read(tmp_path, toml_text(document(boards=[board], baseline_rows=[row])))

    assert [each["name"] for each in found.document["boards"]] == ["early"]
    [stated] = found.document["baseline_rows"]
    assert found.zips.keys() == {stated["sha256"]}
    wrong = toml_text(document(boards=[board | {"phase": "fedback"}], baseline_rows=[row | {"zip": "winner.zip"}]))
    told = faults(tmp_path, wrong)
    assert [wrong.splitlines()[line - 1] for line, _ in told] == ['phase = "fedback"', "[[baseline_rows]]"]
    assert "Did you mean 'feedback'?" in told[0][1]
    assert "and not both" in told[1][1]
