"""The harness: loads a team's optimizer.py and answers the runner's requests, one JSON line for each.

It runs in the optimizer container as its first process. Requests come on stdin; answers leave through a private copy
of stdout, because the team's code may print. Nothing it says is trusted outside.

What few studies need is imported when they do, because a container is started for each.
"""

import contextlib
import json
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from dependencies import BadOrder, CannotInstall, find_dependencies
from experiment import stand_in
from keywords import BadConfig, read_keywords
from points import encode_points
from script import NoSingleOptimizer, choose_optimizer, run_script
from unpack import BadZip, receive, unpack

HARNESS = Path(__file__).parent
CODE = Path("/submission/code")
PACKAGES = Path("/submission/packages")
SCRATCH = Path("/submission/scratch")
ZIP = Path("/submission/zip")
ERROR_CHARS = 2000
EXPLAINED = (BadConfig, BadOrder, BadZip, CannotInstall, NoSingleOptimizer)
"""What says all that there is to say: a team need not read the harness's traceback."""


class Session:
    """One study's optimizer: loaded, then constructed, then asked in turns."""

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self._factory: Callable[..., Any] | None = None
        self._handed_over = False
        self._keywords: dict[str, Any] = {}
        self._optimizer: Any = None
        self._suggested: Any = None

    def serve(self) -> None:
        """Answer requests until stdin ends. A load answers by itself: a study may run inside the team's script."""
        for request in _requests():
            if request["do"] == "load":
                del request["do"]
                self._load(request.pop("id"), **request)
            else:
                self.send(request["id"], self.answer(request))

    def send(self, request_id: int, answer: dict[str, Any]) -> None:
        """Write one answer."""
        data = json.dumps({"id": request_id, **answer}).encode() + b"\n"
        while data:
            data = data[os.write(self._answers, data) :]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what `request` asks for; what the team's code raises becomes the answer's `error`."""
        match request["do"]:
            case "facts":
                from probe import probe_sandbox

                return {"facts": probe_sandbox(fork=request.get("fork", True))}
            case "exhaust processes":
                from probe import count_processes

                return {"facts": count_processes()}
            case "exhaust memory":
                from probe import exhaust_memory

                exhaust_memory()
            case "construct":
                return self._construct(request)
            case "suggest":
                return self._suggest(request)
            case "observe":
                return self._observe(request)
        raise ValueError(f"unknown request {request['do']!r}")

    def _load(self, request_id: int, *, zip_bytes: int, unpacked_limit_bytes: int, seed: int) -> None:
        try:
            receive(sys.stdin.buffer, zip_bytes, ZIP)
            CODE.mkdir(parents=True)
            unpack(ZIP, CODE, unpacked_limit_bytes)
            ZIP.unlink()  # what lies here is memory
            dependencies, ordered = find_dependencies(CODE)
            if dependencies:
                from installation import Installation

                installation = Installation(PACKAGES, SCRATCH)
                installation.install(dependencies, ordered)
                self._start_over(installation.folder, request_id, seed)
        except Exception:  # noqa: BLE001 - whatever the zip caused is the team's to read
            self.send(request_id, {"error": _explain()})
        else:
            self.run_script(request_id, seed)

    def _start_over(self, packages: Path, request_id: int, seed: int) -> None:
        """Continue in a fresh interpreter, so that a wheel may replace a package this one has imported already."""
        os.environ["PYTHONPATH"] = str(packages)
        os.set_inheritable(self._answers, True)
        arguments = [sys.executable, *sys.orig_argv[1:], *map(str, (self._answers, request_id, seed))]
        os.execv(sys.executable, arguments)  # noqa: S606 - replaces this process, in the sandbox

    def run_script(self, request_id: int, seed: int) -> None:
        """Run the unpacked optimizer.py, and answer the load when it has handed over its optimizer, or ended."""
        _leave_no_trace()
        stand_in(partial(self._take, request_id))
        sys.path.insert(0, str(CODE))
        os.chdir(CODE)
        try:
            self._keywords = read_keywords(CODE)
            _seed(seed)
            script = run_script(CODE / "optimizer.py")
            if not self._handed_over:
                self._factory = choose_optimizer(vars(script), AbstractOptimizer)
        except BaseException:
            if self._handed_over:
                raise
            self.send(request_id, {"error": _explain()})
            return
        if self._handed_over:
            sys.exit()  # the script has ended, and the study with it
        self.send(request_id, {})

    def _take(self, request_id: int, factory: Callable[..., Any]) -> None:
        """Run the study inside the script's call of `experiment_main`, as stock Bayesmark does; only of its first."""
        if self._handed_over:
            return
        self._factory, self._handed_over = factory, True
        self.send(request_id, {})
        self.serve()

    def _construct(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._factory is None:
            raise ValueError("construct before load")
        api_config = request["api_config"]
        for parameter in api_config.values():
            if "range" in parameter:  # Bayesmark has tuples here, JSON only lists
                parameter["range"] = tuple(parameter["range"])
        try:
            _seed(request["seed"])
            self._optimizer = self._factory(api_config, **self._keywords)
        except BaseException:  # noqa: BLE001 - sys.exit() in a constructor is a constructor that raised
            return {"error": _explain()}
        return {}

    def _suggest(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._suggested = self._optimizer.suggest(request["n_suggestions"])
            return {"points": encode_points(self._suggested)}
        except Exception:  # noqa: BLE001 - run_study catches the same
            return {"error": _explain()}

    def _observe(self, request: dict[str, Any]) -> dict[str, Any]:
        """`points` is None for the optimizer's own last suggestions: it gets its very objects back, as in run_study."""
        points = self._suggested if request["points"] is None else request["points"]
        try:
            self._optimizer.observe(points, request["losses"])
        except Exception:  # noqa: BLE001 - run_study catches the same
            return {"error": _explain()}
        return {}


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)


def _leave_no_trace() -> None:
    """Give the team's modules the whole name space: the harness's own files are not importable from here on."""
    sys.path[:] = [entry for entry in sys.path if entry != str(HARNESS)]
    for name, module in list(sys.modules.items()):
        if name != "__main__" and Path(getattr(module, "__file__", None) or "/").parent == HARNESS:
            del sys.modules[name]


def _explain() -> str:
    """The end of what is wrong, as text that any encoding can carry; all of it goes to the log."""
    with contextlib.suppress(Exception):  # an exception whose own __str__ raises
        error = sys.exc_info()[1]
        text = str(error) + "\n" if isinstance(error, EXPLAINED) else "".join(_format_without_harness(error))
        text = text.encode("utf-8", "replace").decode()
        sys.stderr.write(text)
        return text[-ERROR_CHARS:]
    return "an exception that cannot be printed"


def _format_without_harness(error: BaseException | None) -> list[str]:
    """Return the lines of a traceback that begins in the team's code."""
    trace = error.__traceback__ if error else None
    while trace and Path(trace.tb_frame.f_code.co_filename).parent == HARNESS:
        trace = trace.tb_next
    return traceback.format_exception(type(error), error, trace)


def _requests() -> Iterator[dict[str, Any]]:
    while line := sys.stdin.buffer.readline():
        yield json.loads(line)


def main() -> None:
    """Answer requests until stdin ends; with arguments, carry on a load in this fresh interpreter."""
    if len(sys.argv) > 1:
        answers, request_id, seed = map(int, sys.argv[1:])
        os.set_inheritable(answers, False)
        session = Session(answers)
        session.run_script(request_id, seed)
    else:
        answers = os.dup(1)
        os.dup2(2, 1)
        session = Session(answers)
        session.send(0, {})
    session.serve()


if __name__ == "__main__":
    main()
