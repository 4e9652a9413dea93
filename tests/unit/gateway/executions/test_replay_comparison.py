"""Bit for bit the same, or where the first difference is."""

from dataclasses import replace

from arena.api.executions import ReplayDifference
from services.gateway.executions.replay_comparison import different_names, find_differences
from services.gateway.executions.tables import StudyOutcomeRow

LOSSES = [[0.1, float("inf")], [0.25, 0.0]]
STUDY = StudyOutcomeRow(0, False, LOSSES, LOSSES, [[{"x": 1, "kernel": "rbf"}, {"x": 2, "kernel": "poly"}]] * 2)
NEXT = replace(STUDY, study=1)


def test_the_same_studies_do_not_differ() -> None:
    assert find_differences([STUDY, NEXT], [NEXT, STUDY]) == []


def test_the_first_difference_is_named_by_study_and_iteration() -> None:
    other = replace(NEXT, visible=[[0.1, float("inf")], [0.25 + 2**-54, 0.0]])
    expected = ReplayDifference(study=1, what="visible", iteration=2, timed_out=False)
    assert find_differences([STUDY, NEXT], [STUDY, other]) == [expected]


def test_numbers_that_are_equal_but_not_the_same_bits_differ() -> None:
    negative = replace(STUDY, generalization=[[0.1, float("inf")], [0.25, -0.0]])
    as_float = replace(STUDY, suggestions=[[{"x": 1.0, "kernel": "rbf"}, {"x": 2, "kernel": "poly"}]] * 2)
    assert [each.what for each in find_differences([STUDY], [negative])] == ["generalization"]
    assert find_differences([STUDY], [as_float])[0].iteration == 1


def test_a_study_that_is_missing_differs() -> None:
    expected = ReplayDifference(study=0, what="missing", iteration=None, timed_out=False)
    assert find_differences([STUDY], []) == [expected]


def test_names_of_what_differs_in_two_records() -> None:
    assert different_names({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ["b", "c"]
