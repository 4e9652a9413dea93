"""Suggestions as they cross to the black-box side."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.optimizer.points import encode_points
from arena.sandbox.protocol import Answer, parse_answer

VALUES = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


def cross(points: Any) -> Any:
    """What comes out on the runner's side of the stream."""
    return parse_answer(json.dumps({"id": 1, "points": encode_points(points)}).encode(), 1).points


@given(st.lists(st.dictionaries(st.text(), VALUES)))
def test_python_values_cross_with_their_exact_value_and_type(points: list[dict[str, Any]]) -> None:
    arrived = cross(points)

    assert arrived == points
    assert [[type(v) for v in point.values()] for point in arrived] == [
        [type(v) for v in point.values()] for point in points
    ]


def test_non_finite_values_cross_to_be_judged_by_the_black_box() -> None:
    assert str(cross([{"a": float("nan"), "b": float("-inf")}])) == "[{'a': nan, 'b': -inf}]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.1), 0.10000000149011612),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("relu"), "relu"),
        (np.array(0.5), 0.5),
    ],
)
def test_numpy_scalars_become_pythons(value: Any, expected: Any) -> None:
    (point,) = cross([{"a": value}])

    assert point == {"a": expected}
    assert type(point["a"]) is type(expected)


@pytest.mark.parametrize("value", [None, [1], np.array([0.5]), 1j, object()])
def test_of_what_is_no_scalar_only_the_types_name_crosses(value: Any) -> None:
    assert cross([{"a": value}]) == [{"a": {"unconvertible": type(value).__name__}}]


@pytest.mark.parametrize("point", [None, 3, [("a", 1)], {1: 2}])
def test_what_is_no_point_crosses_as_nothing(point: Any) -> None:
    assert cross([point]) == [None]


@pytest.mark.parametrize("points", [None, 3, "points", {"a": 1}, (point for point in [{"a": 1}])])
def test_what_is_no_list_crosses_as_nothing(points: Any) -> None:
    assert cross(points) is None


def test_tuples_and_arrays_of_points_are_lists() -> None:
    assert cross(({"a": 1},)) == cross(np.array([{"a": 1}])) == [{"a": 1}]


def test_an_answer_has_no_field_that_could_be_read_as_a_result() -> None:
    assert set(Answer.model_fields) == {"id", "error", "points", "facts"}
