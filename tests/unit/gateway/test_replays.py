"""Bit for bit the same, or where the first difference is."""

from typing import Any

from services.gateway.executions.replays import different_names, find_differences
from services.gateway.rescoring.candidates import changes_of, compare_ranks


def study(number: int = 0, **changes: Any) -> dict[str, Any]:
    losses = [[0.1, float("inf")], [0.25, 0.0]]
    suggestions = [[{"x": 1, "kernel": "rbf"}, {"x": 2, "kernel": "poly"}]] * 2
    return {
        "study": number,
        "timed_out": False,
        "visible": losses,
        "generalization": losses,
        "suggestions": suggestions,
        **changes,
    }


def test_the_same_studies_do_not_differ() -> None:
    assert find_differences([study(0), study(1)], [study(1), study(0)]) == []


def test_the_first_difference_is_named_by_study_and_iteration() -> None:
    other = [study(0), study(1, visible=[[0.1, float("inf")], [0.25 + 2**-54, 0.0]])]
    assert find_differences([study(0), study(1)], other) == [
        {"study": 1, "what": "visible", "iteration": 2, "timed_out": False}
    ]


def test_numbers_that_are_equal_but_not_the_same_bits_differ() -> None:
    negative = study(generalization=[[0.1, float("inf")], [0.25, -0.0]])
    as_float = study(suggestions=[[{"x": 1.0, "kernel": "rbf"}, {"x": 2, "kernel": "poly"}]] * 2)
    assert [each["what"] for each in find_differences([study()], [negative])] == ["generalization"]
    assert find_differences([study()], [as_float])[0]["iteration"] == 1


def test_a_study_that_is_missing_differs() -> None:
    assert find_differences([study(3)], []) == [{"study": 3, "what": "missing", "iteration": None, "timed_out": False}]


def test_names_of_what_differs_in_two_records() -> None:
    assert different_names({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ["b", "c"]


def row(team: str, old: float | None, new: float | None) -> dict[str, Any]:
    return {
        "team": team,
        "old_counts": old is not None,
        "old_score": old,
        "new_counts": new is not None,
        "new_score": new,
    }


def test_ranks_are_compared_by_what_counts_before_and_after() -> None:
    compared = compare_ranks([row("a", 3, 1), row("b", 2, 2), row("c", None, 3), row("d", 1, None)])
    assert [(each["team"], each["old_rank"], each["new_rank"]) for each in compared] == [
        ("a", 1, 3),
        ("b", 2, 2),
        ("d", 3, None),
        ("c", None, 1),
    ]


def test_only_what_is_different_is_a_change() -> None:
    definition = {
        "n_calls": 1,
        "n_suggestions": 2,
        "studies_per_box": 3,
        "studies_per_shard": 1,
        "limits": {},
        "priority": 0,
        "boxes": ["b"],
        "baseline": "x",
        "baseline_version": 1,
    }
    assert changes_of(definition, definition) == {}
    assert changes_of(definition, definition | {"baseline_version": 2, "n_calls": 5}) == {
        "n_calls": 5,
        "baseline": "x@2",
    }
