"""Hidden parameter names: the optimizer's search space is the problem's under other names."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from bayesmark.experiment import run_study
from bayesmark.random_search import suggest_dict
from bayesmark.sklearn_funcs import TestFunction
from bayesmark.space import JointSpace
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.blackbox.parameter_names import NameTranslation, draw_order
from arena.sandbox.blackbox.proxy import CutOff, ProxyOptimizer, RememberingProblem, StudyStopped

SEEDS = st.integers(0, 2**32 - 1)
REAL_NAMES = ("max_depth", "learning_rate", "activation", "fit_intercept", "C", "tol", "x0", "x1", "x10", "p", "beta_1")
PARAMETERS = (
    {"type": "int", "space": "linear", "range": (1, 15)},
    {"type": "real", "space": "log", "range": (1e-5, 1e-1)},
    {"type": "real", "space": "logit", "range": (0.01, 0.99)},
    {"type": "real", "space": "bilog", "range": (-5.0, 5.0)},
    {"type": "cat", "values": ["relu", "tanh"]},
    {"type": "bool"},
)
SPACES = st.dictionaries(
    st.sampled_from(REAL_NAMES) | st.text("abcxyz_019", min_size=1, max_size=6),
    st.sampled_from(PARAMETERS),
    min_size=1,
    max_size=14,
)
Space = dict[str, dict[str, Any]]
Suggest = Callable[[list[str], Space, np.random.RandomState], dict[str, Any]]


class Digits(TestFunction):  # type: ignore[misc]  # bayesmark is untyped
    """A quick problem whose loss depends on every value, whatever order the values come in."""

    def __init__(self, api_config: Space) -> None:
        super().__init__()
        self.api_config = api_config

    def evaluate(self, params: dict[str, Any]) -> tuple[float, float]:
        loss = sum(np.log1p(len(repr((name, params[name])))) + as_number(params[name]) for name in sorted(params))
        return float(loss), 0.0


def as_number(value: Any) -> float:
    """Return a number for a value that is the same in every process."""
    return float(sum(map(ord, value))) if isinstance(value, str) else float(value)


def play(
    api_config: Space, seed: int | None, suggest: Suggest, n_calls: int = 3
) -> tuple[Any, list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Run stock run_study on the proxy; returns evaluations, suggestions and all that the optimizer was asked."""
    random = np.random.RandomState(7)
    asked: list[dict[str, Any]] = []

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(json.loads(json.dumps(question)))
        if question["ask"] != "suggest":
            return {}
        config = asked[0]["api_config"]
        return {"points": [suggest(list(config), config, random) for _ in range(question["n_suggestions"])]}

    cut_off = CutOff()
    problem = RememberingProblem(Digits(api_config), cut_off)
    optimizer = ProxyOptimizer(problem, answer, cut_off, NameTranslation(api_config, seed))
    optimizer.construct()
    np.random.seed(3)
    evaluations, _, suggestions = run_study(optimizer, problem, n_calls, 2, n_obj=2)
    return evaluations, suggestions, asked


def by_place(order: list[str], config: Space, random: np.random.RandomState) -> dict[str, Any]:
    """An optimizer that ignores names: it draws each parameter by its place in the search space."""
    point = {}
    for name in order:
        (drawn,) = suggest_dict([], [], {"it": config[name]}, n_suggestions=1, random=random)
        point[name] = drawn["it"]
    return point


@given(SPACES, SEEDS)
def test_the_optimizer_sees_the_same_parameters_under_other_names(api_config: Space, seed: int) -> None:
    names = NameTranslation(api_config, seed)

    assert sorted(names.seen_config) == list(names.seen_config), "sorted or not, the order is the same"
    assert set(names.seen_config) == {f"x{number}" for number in range(len(api_config))}
    assert sorted(map(repr, names.seen_config.values())) == sorted(map(repr, api_config.values()))


@given(SPACES, SEEDS, SEEDS)
def test_every_point_comes_back_and_fits_the_space_it_is_in(api_config: Space, seed: int, drawing: int) -> None:
    names = NameTranslation(api_config, seed)
    seen = suggest_dict([], [], names.seen_config, n_suggestions=3, random=np.random.RandomState(drawing))

    real = [names.to_real(point) for point in seen]

    JointSpace(api_config).validate(real)
    assert [names.to_seen(point) for point in real] == seen
    assert [list(names.to_seen(point)) for point in real] == [sorted(names.seen_config)] * 3


@given(SPACES, SEEDS)
def test_the_order_depends_on_the_seed_and_on_nothing_of_the_problem_s_own_order(api_config: Space, seed: int) -> None:
    backwards = dict(reversed(api_config.items()))

    assert list(NameTranslation(api_config, seed).seen_config.items()) == list(
        NameTranslation(backwards, seed).seen_config.items()
    )


def test_the_order_is_the_same_in_every_process_for_ever() -> None:
    assert draw_order(["a", "b", "c", "d", "e"], 2020) == ["d", "a", "c", "e", "b"]


def test_seeds_draw_every_order_equally_often() -> None:
    counts: dict[str, int] = {}
    for seed in range(6000):
        order = "".join(draw_order(["a", "b", "c"], seed))
        counts[order] = counts.get(order, 0) + 1

    assert len(counts) == 6
    assert all(900 < count < 1100 for count in counts.values()), counts


@given(SPACES)
def test_visible_names_are_the_problem_s_in_the_problem_s_order(api_config: Space) -> None:
    names = NameTranslation(api_config)

    assert list(names.seen_config.items()) == list(api_config.items())


@given(SPACES, SEEDS)
def test_an_optimizer_that_ignores_names_gets_the_same_losses_with_names_in_the_same_order(
    api_config: Space, seed: int
) -> None:
    in_that_order = {name: api_config[name] for name in real_order(api_config, seed)}

    hidden, hidden_points, _ = play(api_config, seed, by_place)
    visible, visible_points, _ = play(in_that_order, None, by_place)

    assert hidden.tobytes() == visible.tobytes()
    assert hidden_points == visible_points, "suggestions are kept with the problem's own names"


def real_order(api_config: Space, seed: int) -> list[str]:
    """Return the problem's own names in the order in which the optimizer sees its parameters."""
    names = NameTranslation(api_config, seed)
    return [next(iter(names.to_real({seen: None}))) for seen in names.seen_config]


@given(SEEDS)
def test_nothing_the_optimizer_is_asked_has_a_real_name(seed: int) -> None:
    api_config = dict.fromkeys(("max_depth", "min_leaf", "n_trees"), PARAMETERS[0])

    _, _, asked = play(api_config, seed, by_place)

    said = json.dumps(asked)
    assert not any(name in said for name in api_config)


@given(SEEDS)
def test_points_of_random_search_that_the_optimizer_did_not_suggest_reach_it_under_its_names(seed: int) -> None:
    api_config = dict.fromkeys(("zeta", "alpha", "mu"), PARAMETERS[0])
    asked: list[dict[str, Any]] = []

    def raises(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        return {"error": "ValueError"} if question["ask"] == "suggest" else {}

    cut_off = CutOff()
    problem = RememberingProblem(Digits(api_config), cut_off)
    optimizer = ProxyOptimizer(problem, raises, cut_off, names := NameTranslation(api_config, seed))
    optimizer.construct()
    _, _, suggestions = run_study(optimizer, problem, 1, 2, n_obj=2)

    observed = asked[-1]["points"]
    assert [names.to_real(point) for point in observed] == suggestions[0]
    assert [list(point) for point in observed] == [["x0", "x1", "x2"]] * 2, "the order says nothing, either"


@pytest.mark.parametrize("change", [{"x1": 99}, {"x1": "deep"}, {"extra": 1}, {"x1": {"unconvertible": "list"}}])
def test_what_is_said_of_a_bad_suggestion_is_in_the_names_that_the_optimizer_saw(change: dict[str, Any]) -> None:
    api_config = dict.fromkeys(("max_depth", "min_leaf", "n_trees"), PARAMETERS[0])

    def bad(order: list[str], config: Space, random: np.random.RandomState) -> dict[str, Any]:
        return by_place(order, config, random) | change

    with pytest.raises(StudyStopped) as stopped:
        play(api_config, 4, bad)

    assert stopped.value.verdict == "out_of_range"
    assert next(iter(change)) in stopped.value.detail
    assert not any(name in stopped.value.detail for name in api_config)
