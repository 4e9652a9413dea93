"""The black-box side's two ends of `run_study`, with a problem that is quick and a runner that is a function."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from bayesmark.experiment import run_study
from bayesmark.random_search import suggest_dict
from bayesmark.sklearn_funcs import TestFunction
from bayesmark.space import JointSpace
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.blackbox.parameter_names import NameTranslation
from arena.sandbox.blackbox.proxy import CutOff, ProxyOptimizer, RememberingProblem, StudyStopped, validate_points

SPACE = {
    "depth": {"type": "int", "space": "linear", "range": (1, 15)},
    "rate": {"type": "real", "space": "log", "range": (1e-5, 1e-1)},
    "kind": {"type": "cat", "values": ["relu", "tanh"]},
    "fit": {"type": "bool"},
}
GOOD = {"depth": 3, "rate": 1e-3, "kind": "relu", "fit": True}
Answers = Callable[[dict[str, Any]], dict[str, Any]]


class Quick(TestFunction):  # type: ignore[misc]  # bayesmark is untyped
    """Losses (depth, 100 + depth); depth 13 raises."""

    def __init__(self) -> None:
        super().__init__()
        self.api_config = SPACE
        self.evaluations = 0

    def evaluate(self, params: dict[str, Any]) -> tuple[float, float]:
        self.evaluations += 1
        if params["depth"] == 13:
            raise ValueError("unlucky")
        return float(params["depth"]), 100.0 + params["depth"]


def run(answer: Answers, n_calls: int = 4) -> tuple[Any, list[list[dict[str, Any]]], Quick]:
    """Stock run_study on the proxy; `answer` plays the runner."""
    quick, cut_off = Quick(), CutOff()
    problem = RememberingProblem(quick, cut_off)
    optimizer = ProxyOptimizer(problem, answer, cut_off, NameTranslation(SPACE))
    optimizer.construct()
    evaluations, _, suggestions = run_study(optimizer, problem, n_calls, 2, n_obj=2)
    return evaluations, suggestions, quick


def answers_with(depths: list[list[int]], then: dict[str, Any], asked: list[dict[str, Any]] | None = None) -> Answers:
    """A runner that relays these suggestions, and gives the last answer to whatever is asked after them."""
    batches = iter(depths)

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        if asked is not None:
            asked.append(question)
        if question["ask"] != "suggest":
            return {}
        batch = next(batches, None)
        return then if batch is None else {"points": [GOOD | {"depth": depth} for depth in batch]}

    return answer


def test_after_the_cut_off_the_best_evaluation_is_repeated_and_nothing_is_evaluated() -> None:
    evaluations, suggestions, quick = run(answers_with([[5, 4], [9, 7]], {"timed_out": True}))

    assert evaluations[:, :, 0].tolist() == [[5, 4], [9, 7], [4, 4], [4, 4]]
    assert evaluations[:, :, 1].tolist() == [[105, 104], [109, 107], [104, 104], [104, 104]]
    assert suggestions[2:] == [[GOOD | {"depth": 4}] * 2] * 2
    assert quick.evaluations == 4


def test_cut_off_optimizer_is_asked_no_more() -> None:
    asked: list[dict[str, Any]] = []

    run(answers_with([[5, 4]], {"timed_out": True}, asked))

    assert [question["ask"] for question in asked] == ["construct", "suggest", "observe", "suggest"]


def test_cut_off_before_any_evaluation_gives_valid_points_with_infinite_losses() -> None:
    evaluations, suggestions, quick = run(lambda _: {"timed_out": True})

    assert np.isinf(evaluations).all()
    for points in suggestions:
        JointSpace(SPACE).validate(points)
    assert quick.evaluations == 0


def test_evaluation_that_raises_is_infinite_and_never_the_best() -> None:
    evaluations, _, _ = run(answers_with([[13, 9]], {"timed_out": True}))

    assert evaluations[:, :, 0].tolist() == [[np.inf, 9], [9, 9], [9, 9], [9, 9]]


def test_suggest_that_raised_falls_back_to_random_search_and_observe_carries_its_points() -> None:
    asked: list[dict[str, Any]] = []

    _, suggestions, _ = run(answers_with([[5, 4]], {"error": "ValueError"}, asked), n_calls=2)

    observed = [question["points"] for question in asked if question["ask"] == "observe"]
    assert observed == [None, suggestions[1]]


def test_observe_is_told_visible_losses_only() -> None:
    asked: list[dict[str, Any]] = []

    run(answers_with([[5, 4]], {}, asked), n_calls=1)

    assert asked[-1] == {"ask": "observe", "points": None, "losses": [5.0, 4.0]}


def test_abort_stops_the_study() -> None:
    with pytest.raises(StudyStopped) as stopped:
        run(lambda question: {"abort": True} if question["ask"] == "observe" else {"points": [GOOD, GOOD]})

    assert stopped.value.verdict is None


@given(st.integers(0, 2**32 - 1))
def test_every_point_of_random_search_is_valid(seed: int) -> None:
    points = suggest_dict([], [], SPACE, n_suggestions=3, random=np.random.RandomState(seed))

    assert validate_points(points, JointSpace(SPACE), 3) is points


VALUES = st.one_of(st.integers(), st.floats(), st.booleans(), st.sampled_from(["relu", "tanh", "7", "0.01", ""]))
POINTS = st.fixed_dictionaries({name: st.one_of(st.just(value), VALUES) for name, value in GOOD.items()})


@given(st.lists(POINTS, min_size=3, max_size=3))
def test_points_are_valid_together_when_stock_accepts_each_of_them_alone(points: list[dict[str, Any]]) -> None:
    space = JointSpace(SPACE)

    def is_valid(check: Callable[[], object]) -> bool:
        try:
            check()
        except (AssertionError, ValueError, OverflowError, StudyStopped):
            return False
        return True

    alone = [is_valid(partial(space.validate, [point])) for point in points]

    assert is_valid(partial(validate_points, points, space, 3)) == all(alone)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"depth": 16}, "depth = 16: expected a whole number from 1 to 15. The suggestion: {'depth': 16, "),
        ({"depth": 1_000_000_000}, "depth = 1000000000: expected a whole number from 1 to 15."),
        ({"depth": 0}, "depth = 0"),
        ({"depth": 10**400}, "depth"),
        ({"rate": 0.2}, "rate = 0.2: expected a number from 1e-05 to 0.1."),
        ({"rate": float("nan")}, "rate = nan: expected a number from 1e-05 to 0.1."),
        ({"rate": float("-inf")}, "rate = -inf"),
        ({"rate": "fast"}, "rate = 'fast'"),
        ({"kind": "selu"}, "kind = 'selu': expected one of 'relu', 'tanh'."),
        ({"rate": "x" * 5000}, "xxx: expected a number from 1e-05 to 0.1."),
        ({"fit": {"unconvertible": "NoneType"}}, "fit: expected one of False, True, got a NoneType."),
        ({"extra": 1}, "expected the parameters"),
    ],
)
def test_point_outside_the_space_is_out_of_range(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(StudyStopped, match="suggestion 1") as stopped:
        validate_points([GOOD, GOOD | change], JointSpace(SPACE), 2)

    assert stopped.value.verdict == "out_of_range"
    assert reason in stopped.value.detail


@pytest.mark.parametrize("points", [None, [], [GOOD], [GOOD] * 3])
def test_wrong_number_of_points_is_a_wrong_count(points: Any) -> None:
    with pytest.raises(StudyStopped) as stopped:
        validate_points(points, JointSpace(SPACE), 2)

    assert stopped.value.verdict == "wrong_count"
