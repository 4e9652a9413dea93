"""A problem family is a module: what a black-box container asks it."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from bayesmark.sklearn_funcs import SklearnModel, TestFunction

from arena.sandbox.blackbox import sklearn_family
from arena.sandbox.blackbox.family import describe, load_family


class Sphere:
    """A family without known optima."""

    def problems(self) -> Sequence[str]:
        return ["sphere-d2"]

    def make_problem(self, name: str) -> TestFunction:
        raise NotImplementedError(name)


class KnownSphere(Sphere):
    def best(self, name: str) -> float | None:
        return {"sphere-d2": 0.0}[name]


class EndlessSphere(Sphere):
    def best(self, name: str) -> float | None:
        return float("-inf") if name == "sphere-d2" else None


def test_a_family_is_the_module_problem_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "problem", raising=False)
    (tmp_path / "problem.py").write_text("def problems():\n    return ['one', 'two']\n")
    assert load_family(tmp_path).problems() == ["one", "two"]


def test_a_family_says_what_it_knows_of_a_problem_and_nothing_of_what_it_does_not_have() -> None:
    assert describe(KnownSphere(), ["sphere-d2", "cube-d2"]) == {"sphere-d2": {"best": 0.0}, "cube-d2": None}


def test_a_family_need_not_know_an_optimum() -> None:
    assert describe(Sphere(), ["sphere-d2"]) == {"sphere-d2": {"best": None}}
    assert describe(EndlessSphere(), ["sphere-d2"]) == {"sphere-d2": {"best": None}}


def test_bayesmarks_own_family_has_the_108_test_cases_of_2020() -> None:
    names = sklearn_family.problems()
    assert len(names) == len(set(names)) == 108
    assert isinstance(sklearn_family.make_problem("kNN_iris_acc"), SklearnModel)
