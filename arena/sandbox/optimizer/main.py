"""The harness: loads a team's optimizer.py and answers the runner's requests, one JSON line for each.

It runs in the optimizer container as its first process. Requests come on stdin; answers leave through a private copy
of stdout, because the team's code may print. Nothing it says is trusted outside.
"""

import contextlib
import importlib
import inspect
import json
import os
import random
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from points import encode_points
from probe import exhaust_memory, probe_sandbox
from unpack import receive, unpack
from wheels import install_wheels, order_wheels

CODE = Path("/submission/code")
WHEELS = Path("/submission/wheels")
ZIP = Path("/submission/zip")
ERROR_CHARS = 2000


class Session:
    """One study's optimizer: loaded, then constructed, then asked in turns."""

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self._optimizer_class: type[AbstractOptimizer] | None = None
        self._optimizer: Any = None
        self._suggested: Any = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what `request` asks for; what the team's code raises becomes the answer's `error`."""
        match request["do"]:
            case "facts":
                return {"facts": probe_sandbox()}
            case "exhaust memory":
                exhaust_memory()
            case "load":
                return self._load(request)
            case "construct":
                return self._construct(request)
            case "suggest":
                return self._suggest(request)
            case "observe":
                return self._observe(request)
        raise ValueError(f"unknown request {request['do']!r}")

    def _load(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            receive(sys.stdin.buffer, request["zip_bytes"], ZIP)
            CODE.mkdir(parents=True)
            unpack(ZIP, CODE, request["unpacked_limit_bytes"])
            ZIP.unlink()  # what lies here is memory
            if wheels := order_wheels(CODE):
                install_wheels(wheels, WHEELS)
                self._start_over(request)
        except Exception:  # noqa: BLE001 - whatever the zip caused is the team's to read
            return {"error": _short_traceback()}
        return self.import_optimizer(request)

    def _start_over(self, request: dict[str, Any]) -> None:
        """Continue in a fresh interpreter, so that a wheel may replace a package this one has imported already."""
        os.environ["PYTHONPATH"] = str(WHEELS)
        os.set_inheritable(self._answers, True)
        arguments = [sys.executable, *sys.orig_argv[1:], str(self._answers), json.dumps(request)]
        os.execv(sys.executable, arguments)  # noqa: S606 - replaces this process, in the sandbox

    def import_optimizer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Import the unpacked optimizer.py and find its class."""
        _leave_no_trace()
        sys.path.insert(0, str(CODE))
        os.chdir(CODE)
        try:
            _seed(request["seed"])
            module = importlib.import_module("optimizer")
            self._optimizer_class = _find_optimizer_class(module)
        except BaseException:  # noqa: BLE001 - sys.exit() at import time is a zip that does not load, too
            return {"error": _short_traceback()}
        return {}

    def _construct(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._optimizer_class is None:
            raise ValueError("construct before load")
        api_config = request["api_config"]
        for parameter in api_config.values():
            if "range" in parameter:  # Bayesmark has tuples here, JSON only lists
                parameter["range"] = tuple(parameter["range"])
        try:
            _seed(request["seed"])
            self._optimizer = self._optimizer_class(api_config)
        except BaseException:  # noqa: BLE001 - sys.exit() in a constructor is a constructor that raised
            return {"error": _short_traceback()}
        return {}

    def _suggest(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._suggested = self._optimizer.suggest(request["n_suggestions"])
            return {"points": encode_points(self._suggested)}
        except Exception:  # noqa: BLE001 - run_study catches the same
            return {"error": _short_traceback()}

    def _observe(self, request: dict[str, Any]) -> dict[str, Any]:
        """`points` is None for the optimizer's own last suggestions: it gets its very objects back, as in run_study."""
        points = self._suggested if request["points"] is None else request["points"]
        try:
            self._optimizer.observe(points, request["losses"])
        except Exception:  # noqa: BLE001 - run_study catches the same
            return {"error": _short_traceback()}
        return {}


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)


def _leave_no_trace() -> None:
    """Give the team's modules the whole name space: the harness's own files are not importable from here on."""
    here = str(Path(__file__).parent)
    sys.path[:] = [entry for entry in sys.path if entry != here]
    for name in ("probe", "points", "unpack", "wheels"):
        del sys.modules[name]


def _find_optimizer_class(module: Any) -> type[AbstractOptimizer]:
    found = [
        item
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, AbstractOptimizer) and item.__module__ == module.__name__
    ]
    # A base class and the class derived from it are one optimizer: the derived one.
    leaves = {item for item in found if not any(other is not item and issubclass(other, item) for other in found)}
    if len(leaves) != 1:
        names = ", ".join(sorted(item.__name__ for item in leaves)) or "none"
        raise TypeError(f"expected exactly one AbstractOptimizer subclass defined in optimizer.py, found {names}")
    return leaves.pop()


def _short_traceback() -> str:
    """The end of the traceback, as text that any encoding can carry; all of it goes to the log."""
    with contextlib.suppress(Exception):  # an exception whose own __str__ raises
        text = traceback.format_exc().encode("utf-8", "replace").decode()
        sys.stderr.write(text)
        return text[-ERROR_CHARS:]
    return "an exception that cannot be printed"


def _requests() -> Iterator[dict[str, Any]]:
    while line := sys.stdin.buffer.readline():
        yield json.loads(line)


def _send(answers: int, answer: dict[str, Any]) -> None:
    data = json.dumps(answer).encode() + b"\n"
    while data:
        data = data[os.write(answers, data) :]


def main() -> None:
    """Answer requests until stdin ends; with arguments, carry on a load in this fresh interpreter."""
    if len(sys.argv) == 3:
        answers, request = int(sys.argv[1]), json.loads(sys.argv[2])
        os.set_inheritable(answers, False)
        session = Session(answers)
        _send(answers, {"id": request["id"], **session.import_optimizer(request)})
    else:
        answers = os.dup(1)
        os.dup2(2, 1)
        session = Session(answers)
        _send(answers, {"id": 0})
    for request in _requests():
        _send(answers, {"id": request["id"], **session.answer(request)})


if __name__ == "__main__":
    main()
