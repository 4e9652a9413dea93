"""Problem families in a competition's file."""

from pathlib import Path
from typing import Any

import pytest

from arena.api.competition_document import Competition
from arena.competition.file import InvalidCompetitionFile, read_competition
from tests.support.toml_text import toml_text

BOX = {"label": "box-01", "family": "ours", "problem": "sphere"}
OURS = {"name": "ours", "folder": "ours"}


def faults(folder: Path, **changes: Any) -> list[str]:
    file = folder / "competition.toml"
    file.write_text(toml_text({"slug": "c", "name": "C", "seed": "s", **changes}))
    with pytest.raises(InvalidCompetitionFile) as refused:
        read_competition(file)
    return [f"{each['what']} {each['cure']}" for each in refused.value.problem["errors"]]


def test_a_file_mixes_families_and_its_own_is_a_folder_beside_it(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "problem.py").touch()
    file = tmp_path / "competition.toml"
    grids = [
        {"family": "bbob", "functions": [1], "dimensions": [2], "instances": [1, 2]},
        {"models": ["DT"], "datasets": ["iris"], "metrics": ["acc"]},
    ]
    document = {"slug": "c", "name": "C", "seed": "s", "families": [OURS], "black_boxes": [BOX], "grids": grids}
    file.write_text(toml_text(document))

    found = read_competition(file)

    boxes = Competition.model_validate(found.document).black_boxes
    assert [(box.family, box.test_case) for box in boxes] == [
        ("ours", "sphere"),
        ("bbob", "bbob-f01-d2-i1"),
        ("bbob", "bbob-f01-d2-i2"),
        ("sklearn", "DT_iris_acc"),
    ]
    assert found.families == {"ours": tmp_path / "ours"}


def test_an_own_family_without_its_folder_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, families=[OURS], black_boxes=[BOX]) == [
        "Expected a folder with problem.py at 'ours', found none. Mend the path, or make one with 'arena problem new'."
    ]


def test_an_own_family_has_a_name_of_its_own(tmp_path: Path) -> None:
    found = faults(tmp_path, families=[{"name": "bbob", "folder": "ours"}], black_boxes=[BOX])
    assert found == ["There is a problem family 'bbob' already. Give yours another name."]
