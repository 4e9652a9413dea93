"""The keywords that config.json has for an optimizer's constructor."""

import json
from pathlib import Path
from typing import Any

import pytest

from arena.sandbox.optimizer.keywords import BadConfig, read_keywords


def write(folder: Path, config: Any) -> Path:
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_without_a_config_there_are_no_keywords(tmp_path: Path) -> None:
    assert read_keywords(tmp_path) == {}


@pytest.mark.parametrize("file", ["optimizer.py", "./optimizer.py", "mine/optimizer.py"])
def test_keywords_are_those_of_the_entry_for_optimizer_py(tmp_path: Path, file: str) -> None:
    config = {"mine": [file, {"depth": 3, "kernel": {"nu": 2.5}}], "other": ["other.py", {"depth": 4}]}

    assert read_keywords(write(tmp_path, config)) == {"depth": 3, "kernel": {"nu": 2.5}}


@pytest.mark.parametrize(
    "config", [[], 3, {}, {"depth": 3}, {"mine": ["optimizer.py"]}, {"mine": ["optimizer.py", 3]}, {"x": [1, {}]}]
)
def test_config_of_another_form_is_the_team_s_own(tmp_path: Path, config: Any) -> None:
    assert read_keywords(write(tmp_path, config)) == {}


def test_two_entries_for_optimizer_py_leave_open_which_is_meant(tmp_path: Path) -> None:
    config = {"one": ["optimizer.py", {}], "two": ["optimizer.py", {"depth": 1}]}

    with pytest.raises(BadConfig, match="one, two"):
        read_keywords(write(tmp_path, config))


def test_what_is_no_json_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"mine": ["optimizer.py", {}],}')

    with pytest.raises(BadConfig, match="line 1 column"):
        read_keywords(tmp_path)
