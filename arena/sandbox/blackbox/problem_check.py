"""Tries out the problems of a family for `arena problem check`, one evaluation a request, in the trusted container.

The other end hands this program over when the container starts, so that today's rules hold for every image, and
measures the time. Here is what only this side can see: Bayesmark's own opinion of a space, what an evaluation returns,
and whether it wanted the network or another place to write than /tmp. It imports nothing of its neighbours.
"""

import importlib
import json
import math
import os
import resource
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from bayesmark.experiment import _setup_seeds
from bayesmark.random_search import suggest_dict
from bayesmark.sklearn_funcs import TestFunction
from bayesmark.space import SPACE_DICT, JointSpace

Point = dict[str, Any]
Message = dict[str, Any]

ARENA, FAMILY = "/opt/arena", "/opt/family"
POINTS_SEED = 20
WRITABLE = ("/tmp", "/dev/null", "/dev/shm")  # noqa: S108 - the container's own
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LOOPBACK = ("127.", "::1", "localhost")
KEYS = {"type", "space", "values", "range"}
TEXT_CHARS = 2000


class Refused(Exception):
    """What the family does is not accepted; the code is for programs and the text for people."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code = code
        self.what = what


class WatchedCalls:
    """What the family's code was seen doing that no container of a study allows, as the interpreter itself reports.

    The code may have caught the error that it got, so what it tried counts, and not what came of it.
    """

    def __init__(self) -> None:
        self._seen: Refused | None = None
        sys.addaudithook(self._hear)

    def require_clean(self) -> None:
        """Raise `Refused` for the first thing that was seen."""
        if self._seen is not None:
            seen, self._seen = self._seen, None
            raise seen

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._seen is not None:
            return
        if event == "open":
            self._hear_open(*arguments)
        elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            if arguments[0].family in {socket.AF_INET, socket.AF_INET6} and arguments[1]:
                self._hear_address(*arguments[1][:2])
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            self._hear_address(*arguments[:2])

    def _hear_open(self, path: Any, _: Any, flags: Any) -> None:
        if isinstance(path, int) or not isinstance(flags, int) or not flags & WRITING:
            return
        place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - pathlib would call the hook again
        if not any(place == each or place.startswith(f"{each}/") for each in WRITABLE):
            what = f"Expected it to write nowhere but below /tmp; it opened {place} for writing."
            self._seen = Refused("writes_outside_tmp", what)

    def _hear_address(self, host: Any, port: Any = "") -> None:
        name = os.fsdecode(host) if isinstance(host, bytes) else str(host or "")
        if name and not name.startswith(LOOPBACK):
            where = f"{name}:{port}" if port else name
            what = f"Expected it to need no network, since there is none; it asked for {where}."
            self._seen = Refused("network_wanted", what)


class FamilyUnderTest:
    """A family's module and its problems, each made once, as a container keeps them from study to study."""

    def __init__(self, watch: WatchedCalls) -> None:
        self._watch = watch
        self._module: Any = None
        self._problems: dict[str, TestFunction] = {}

    def list_names(self) -> list[str]:
        """Import the family and return the names of its problems."""
        self._module = self._run("does_not_import", "importing problem.py", lambda: importlib.import_module("problem"))
        for name in ("problems", "make_problem"):
            if not callable(getattr(self._module, name, None)):
                raise Refused("no_problems", f"Expected a function {name} in problem.py; there is none.")
        names = self._run("no_problems", "problems()", lambda: list(self._module.problems()))
        if not names or not all(isinstance(name, str) for name in names):
            raise Refused("no_problems", f"Expected problems() to return names, at least one; got {shorten(names)}.")
        if len(set(names)) < len(names):
            raise Refused("no_problems", f"Expected each name once from problems(); got {shorten(names)}.")
        return names

    def describe(self, name: str, n_random: int, n_corners: int) -> Message:
        """Make a problem; return its search space, the points to try and the best loss, if the family knows it."""
        problem = self._run("cannot_make", f"make_problem({name!r})", lambda: self._module.make_problem(name))
        if not isinstance(problem, TestFunction):
            what = f"Expected make_problem({name!r}) to return a TestFunction of Bayesmark's; got {shorten(problem)}."
            raise Refused("cannot_make", what)
        self._problems[name] = problem
        api_config = self._run("space_not_expressible", "get_api_config()", problem.get_api_config)
        space = read_space(api_config)
        points = list(islice(find_corners(api_config, space), n_corners))
        points += suggest_dict([], [], api_config, n_random, random=np.random.RandomState(POINTS_SEED))
        return {"api_config": api_config, "points": points, "best": self._best(name)}

    def evaluate(self, name: str, point: Point, seed: str) -> Message:
        """Evaluate one point under a seed of the global random states; return its losses and what it took."""
        problem = self._problems[name]
        _setup_seeds(seed)
        cpu_s, began = time.process_time(), time.perf_counter()
        losses = self._run("raises", "evaluate", lambda: problem.evaluate(dict(point)))
        took = {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu_s}
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"losses": read_losses(losses), "memory_bytes": memory, **took}

    def _best(self, name: str) -> float | None:
        if not hasattr(self._module, "best"):
            return None
        found = self._run("best_is_no_bound", f"best({name!r})", lambda: self._module.best(name))
        if found is not None and not is_finite(found):
            raise Refused("best_is_no_bound", f"Expected best({name!r}) to be a finite number; got {shorten(found)}.")
        return None if found is None else float(found)

    def _run(self, code: str, what: str, call: Callable[[], Any]) -> Any:
        """Run code of the family's; what it was seen doing is told before what it raised."""
        try:
            result = call()
        except Exception as error:
            self._watch.require_clean()
            trace = traceback.format_exc()[-TEXT_CHARS:]
            raise Refused(code, f"Expected {what} to succeed; it raised {shorten(error)}.\n{trace}") from error
        self._watch.require_clean()
        return result


def read_space(api_config: Any) -> JointSpace:
    """Return Bayesmark's space of a problem. Raises `Refused` with the parameter that it cannot express."""
    if not isinstance(api_config, dict) or not api_config:
        what = f"Expected a dict with an entry for each parameter; got {shorten(api_config)}."
        raise Refused("space_not_expressible", what)
    for name, parameter in api_config.items():
        if fault := find_space_fault(name, parameter):
            what = f"Parameter {name!r}: {fault} It says: {shorten(parameter)}."
            raise Refused("space_not_expressible", what)
    return JointSpace(api_config)


def find_space_fault(name: Any, parameter: Any) -> str | None:
    """Return why Bayesmark cannot express a parameter, or None."""
    if not isinstance(name, str) or not name:
        return "expected a text as its name."
    if not isinstance(parameter, dict) or parameter.get("type") not in SPACE_DICT:
        return f"expected a type out of {', '.join(SPACE_DICT)}."
    if unknown := sorted(map(str, parameter.keys() - KEYS)):
        return f"expected no other keys than {', '.join(sorted(KEYS))}; got {', '.join(unknown)}."
    if not survives_json(parameter):
        return "expected nothing but plain texts, numbers, booleans and lists of them."
    try:
        space = JointSpace({name: parameter})
        space.warp(space.unwarp(space.get_bounds().T))
    except Exception as error:  # noqa: BLE001 - assertions and whatever NumPy raises
        return f"Bayesmark cannot express it ({shorten(error)})."
    return None


def survives_json(parameter: Message) -> bool:
    """Tell whether a parameter crosses to the optimizer as it is; tuples become lists there."""
    try:
        return bool(json.loads(json.dumps(parameter, allow_nan=False)))
    except (TypeError, ValueError):
        return False


def find_corners(api_config: Message, space: JointSpace) -> Iterator[Point]:
    """Yield all bounds at once, low and high, then each parameter at a bound or value of its own, others low."""
    ends = {name: find_ends(space.spaces[name]) for name in api_config}
    low = {name: values[0] for name, values in ends.items()}
    yield low
    yield {name: values[-1] for name, values in ends.items()}
    for name, values in ends.items():
        for value in values[1:]:
            yield {**low, name: value}


def find_ends(space: Any) -> list[Any]:
    """Return the values of a parameter where its code is most likely to have forgotten one, in plain Python."""
    return space.values.tolist() if space.values is not None else [space.lower.item(), space.upper.item()]


def read_losses(losses: Any) -> list[float]:
    """Return the visible and the generalization loss. Raises `Refused`."""
    losses = losses.tolist() if isinstance(losses, np.ndarray) else losses
    if not isinstance(losses, tuple | list) or len(losses) != 2:
        what = f"Expected two losses, (visible, generalization); got {shorten(losses)}."
        raise Refused("wrong_losses", what)
    for kind, loss in zip(("visible", "generalization"), losses, strict=True):
        if isinstance(loss, bool | np.bool_) or not isinstance(loss, int | float | np.integer | np.floating):
            raise Refused("wrong_losses", f"Expected a number as the {kind} loss; got {shorten(loss)}.")
        if not math.isfinite(loss):
            raise Refused("not_finite", f"Expected a finite number as the {kind} loss; got {loss}.")
    return [float(loss) for loss in losses]


def is_finite(value: Any) -> bool:
    """Tell whether a value is a number that scores can refer to."""
    return isinstance(value, int | float | np.integer | np.floating) and math.isfinite(value)


def shorten(value: Any) -> str:
    """Return a value as a text of bounded length."""
    kind = f"{type(value).__name__}: " if isinstance(value, BaseException) else ""
    text = f"{kind}{value}" if kind else repr(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def answer(request: Message, family: FamilyUnderTest) -> Message:
    """Return what a request asks for, or why the family is refused."""
    try:
        match request.pop("do"):
            case "list":
                return {"names": family.list_names()}
            case "describe":
                return family.describe(**request)
            case _:
                return family.evaluate(**request)
    except Refused as refused:
        return {"refused": refused.code, "what": refused.what}


def main() -> None:
    """Say that the imports are done, then answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the family prints is no answer
    sys.dont_write_bytecode = True  # beside its sources, where nothing may be written
    sys.path[0] = ARENA  # in the order of a study, where a module of the family may be hidden by one of ours
    sys.path.append(FAMILY)
    family = FamilyUnderTest(WatchedCalls())
    message: Message | None = {"ready": True}
    while message is not None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()
        line = sys.stdin.buffer.readline()
        message = answer(json.loads(line), family) if line else None


if __name__ == "__main__":
    main()
