"""`arena new`: what it writes, and for which libraries."""

import ast
import re
from pathlib import Path

import pytest

from arena.commands.participant.new import LIBRARIES, new
from arena.failure import Failure
from arena.package_data import START
from arena.rules.arena_toml import parse_environment

LINES_LIMIT = 110
OURS = {"small", "classic", "modern"}


def test_there_is_a_template_for_each_library_that_the_documentation_names() -> None:
    assert LIBRARIES == ["ax", "botorch", "cma", "hebo", "nevergrad", "optuna", "random", "skopt", "smac"]


def test_without_a_library_it_writes_the_optimizer_that_the_rules_page_shows(tmp_path: Path) -> None:
    new(tmp_path / "mine")
    assert {path.name: path.read_text() for path in (tmp_path / "mine").iterdir()} == {
        path.name: path.read_text() for path in START.iterdir()
    }


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_template_is_one_short_optimizer_that_needs_no_other_file(tmp_path: Path, library: str) -> None:
    new(tmp_path / "mine", library)

    text = (tmp_path / "mine" / "optimizer.py").read_text()
    tree = ast.parse(text)
    optimizers = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and "AbstractOptimizer" in map(ast.unparse, node.bases)
    ]
    assert len(optimizers) == 1
    assert len(text.splitlines()) <= LINES_LIMIT
    assert {path.name for path in (tmp_path / "mine").glob("*.py")} == {"optimizer.py"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_template_names_its_environment_where_it_is_not_the_default(tmp_path: Path, library: str) -> None:
    new(tmp_path / "mine", library)

    file = tmp_path / "mine" / "arena.toml"
    environment = parse_environment(file.read_bytes()) if file.exists() else "small"
    assert environment in OURS
    readme = (tmp_path / "mine" / "README.md").read_text()
    assert readme.startswith((START / "README.md").read_text())
    assert f"the environment `{environment}`" in re.sub(r"\s+", " ", readme)


def test_an_unknown_library_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"one of ax, botorch, .*, smac; got gpyopt"):
        new(tmp_path / "mine", "gpyopt")
    assert not (tmp_path / "mine").exists()
