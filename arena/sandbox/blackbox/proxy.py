"""What `run_study` gets for an optimizer and for a problem: a proxy of the far-away one, and one that remembers."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from bayesmark.sklearn_funcs import TestFunction
from bayesmark.space import Integer, JointSpace, Space

if TYPE_CHECKING:
    from parameter_names import NameTranslation

Point = dict[str, Any]
Ask = Callable[[dict[str, Any]], dict[str, Any]]
"""Sends one question to the runner and returns its answer."""
CHOICES_SHOWN, VALUE_CHARS = 30, 200
"""How much of a message about a bad suggestion is told: what was expected must not be cut off by what came."""


class StudyStopped(BaseException):
    """Ends a study from within; no `Exception`, because `run_study` catches those and carries on."""

    def __init__(self, verdict: Literal["wrong_count", "out_of_range"] | None, detail: str = "") -> None:
        super().__init__(detail)
        self.verdict = verdict
        self.detail = detail


class OptimizerRaised(Exception):
    """The optimizer's own method raised, or it is cut off and there is nothing to suggest: `run_study` falls back."""


class OutsideSpace(ValueError):
    """A point that is not in the search space; the text says what was expected and what came."""


class CutOff:
    """Whether the optimizer ran out of time in this study: both ends look."""

    def __init__(self) -> None:
        self.passed = False


class RememberingProblem(TestFunction):  # type: ignore[misc]  # bayesmark is untyped
    """A stock problem that remembers its best evaluation and, once the optimizer is cut off, repeats it."""

    def __init__(self, problem: TestFunction, cut_off: CutOff) -> None:
        super().__init__()
        self.api_config = problem.get_api_config()
        self.best: tuple[Point, tuple[float, ...]] | None = None
        self.evaluation_cpu_s = 0.0
        self._problem = problem
        self._cut_off = cut_off

    def evaluate(self, params: Point) -> tuple[float, ...]:
        """Return (visible loss, generalization loss) of one point."""
        if self._cut_off.passed:
            return self.best[1] if self.best else (np.inf, np.inf)
        start = time.process_time()
        try:
            losses: tuple[float, ...] = self._problem.evaluate(params)
        finally:
            self.evaluation_cpu_s += time.process_time() - start
        if self.best is None or losses[0] < self.best[1][0]:
            self.best = dict(params), losses
        return losses


class ProxyOptimizer:
    """What `run_study` takes for an optimizer: it asks the one in the other container and validates what comes back.

    All that it says to that one, and all that it says of its suggestions, is in the names that the optimizer sees.
    """

    def __init__(self, problem: RememberingProblem, ask: Ask, cut_off: CutOff, names: "NameTranslation") -> None:
        self._problem = problem
        self._names = names
        self._space = JointSpace(names.seen_config)
        self._ask_runner = ask
        self._cut_off = cut_off
        self._suggested: list[Point] | None = None

    def construct(self) -> None:
        """Have the optimizer constructed for this problem's search space."""
        self._ask({"ask": "construct", "api_config": self._names.seen_config})

    def suggest(self, n_suggestions: int) -> list[Point]:
        """Return valid points; raises `StudyStopped` where stock `run_study` would have stopped at invalid ones."""
        self._suggested = None
        answer = self._ask({"ask": "suggest", "n_suggestions": n_suggestions})
        if self._cut_off.passed:
            if self._problem.best is None:
                raise OptimizerRaised
            return [dict(self._problem.best[0]) for _ in range(n_suggestions)]
        if "error" in answer:
            raise OptimizerRaised(answer["error"])
        valid = validate_points(answer["points"], self._space, n_suggestions)
        self._suggested = [self._names.to_real(point) for point in valid]
        return self._suggested

    def observe(self, points: list[Point], losses: list[float]) -> None:
        """Pass visible losses on; the optimizer's own points are not sent back, it has them."""
        seen = None if points is self._suggested else [self._names.to_seen(point) for point in points]
        answer = self._ask({"ask": "observe", "points": seen, "losses": losses})
        if "error" in answer:
            raise OptimizerRaised(answer["error"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._cut_off.passed:
            return {}
        answer = self._ask_runner(question)
        if answer.get("abort"):
            raise StudyStopped(None)
        self._cut_off.passed = bool(answer.get("timed_out"))
        return answer


def validate_points(points: Any, space: JointSpace, n_suggestions: int) -> list[Point]:
    """Return `points` unchanged if Bayesmark's own checks accept them, else raise `StudyStopped` with the verdict."""
    if points is None:
        raise StudyStopped("wrong_count", f"suggest: expected a list of {n_suggestions} points, got no list")
    if len(points) != n_suggestions:
        raise StudyStopped("wrong_count", f"suggest: expected {n_suggestions} points, got {len(points)}")
    if not _all_valid(points, space):
        _find_invalid(points, space)
    checked: list[Point] = points
    return checked


def _all_valid(points: list[Any], space: JointSpace) -> bool:
    """Check a parameter's values in all points at once: Bayesmark takes as long for one value as for many."""
    if any(point is None or sorted(point) != space.param_list for point in points):
        return False
    try:
        for name, parameter in space.spaces.items():
            parameter.validate([point[name] for point in points], pre=True)
    except Exception:  # noqa: BLE001 - whatever Bayesmark's checks raise; which point it is, is found next
        return False
    return not any(isinstance(value, dict) for point in points for value in point.values())


def _find_invalid(points: list[Any], space: JointSpace) -> None:
    for index, point in enumerate(points):
        try:
            _validate_point(point, space)
        except OutsideSpace as error:
            detail = f"suggestion {index} is outside the search space: {error}. The suggestion: {str(point)[:1000]}"
            raise StudyStopped("out_of_range", detail) from error


def _validate_point(point: Any, space: JointSpace) -> None:
    """Raise OutsideSpace with what was expected: no more than the `api_config` that the optimizer was given."""
    if point is None:
        raise OutsideSpace("expected a dict with one entry for each parameter, got something else")
    if sorted(point) != space.param_list:
        raise OutsideSpace(f"expected the parameters {space.param_list}, got {sorted(point)}")
    for name, value in point.items():
        parameter = space.spaces[name]
        if isinstance(value, dict):
            raise OutsideSpace(f"{name}: expected {describe_range(parameter)}, got a {value.get('unconvertible')}")
        try:
            parameter.validate([value], pre=True)
        except Exception as error:
            shown = repr(value)[:VALUE_CHARS]
            raise OutsideSpace(f"{name} = {shown}: expected {describe_range(parameter)}") from error


def describe_range(parameter: Space) -> str:
    """Return the values that a parameter may have, in words."""
    if parameter.values is not None:
        values = [repr(value) for value in parameter.values.tolist()]
        more = [f"and {len(values) - CHOICES_SHOWN} more"] if len(values) > CHOICES_SHOWN else []
        return f"one of {', '.join([*values[:CHOICES_SHOWN], *more])}"
    number = "a whole number" if isinstance(parameter, Integer) else "a number"
    return f"{number} from {parameter.lower.item()!r} to {parameter.upper.item()!r}"
