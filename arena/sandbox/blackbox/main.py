"""Runs and scores studies with stock Bayesmark, one after another, for the runner at the other end of the streams.

The runner is the only one that speaks to this process: one JSON object a line, each way. Imports and data stay loaded
from study to study; every study seeds the global random states afresh, so that none can feel the one before it.
"""

import dataclasses
import functools
import hashlib
import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from bayesmark.experiment import OBJECTIVE_NAMES, _setup_seeds, run_study
from bayesmark.signatures import get_func_signature
from bayesmark.sklearn_funcs import TestFunction
from family import Family, describe, load_family
from parameter_lookup import look_up_once
from parameter_names import NameTranslation
from proxy import CutOff, ProxyOptimizer, RememberingProblem, StudyStopped
from scoring import BoxStudies, score_studies

SIGNATURE_SEED = "7e9f2cabb0dd4f44bc10cf18e440b427"  # pragma: allowlist secret - the one in bayesmark.experiment
WARM_UP = "DT_iris_acc"
DATA_ROOTS = Path("/tmp/data")  # noqa: S108 - the container's own tmpfs
"""A folder for each of the organizer's data sets, named after its hash: the `data_root` in Bayesmark's sense."""
PROBLEMS_KEPT, OWN_DATA_PROBLEMS_KEPT = 128, 8


class RunnerConnection:
    """The line to the runner: a private copy of stdout, because `run_study` prints."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self._answers.write(json.dumps(message) + "\n")
        self._answers.flush()

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next message; None at the end of stdin."""
        line = sys.stdin.buffer.readline()
        return json.loads(line) if line else None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Ask, mostly on the optimizer's behalf, and wait for the answer."""
        self.send(question)
        answer = self.receive()
        if answer is None:
            raise SystemExit("the runner is gone")
        return answer

    def ask_for_dataset(self, sha256: str) -> bytes:
        """Ask for a data set, whose bytes follow the line that says how many they are."""
        size = self.ask({"dataset_wanted": sha256})["dataset_bytes"]
        content = sys.stdin.buffer.read(size)
        if (found := hashlib.sha256(content).hexdigest()) != sha256:
            raise ValueError(f"expected the data set {sha256}, got {len(content)} bytes of {found}")
        return content


def keep_dataset(dataset: str, sha256: str, runner: RunnerConnection, roots: Path = DATA_ROOTS) -> None:
    """Have the CSV file of a data set under its data root; the others go when there is no room beside them."""
    file = roots / sha256 / f"{dataset}.csv"
    if file.exists():
        return
    content = runner.ask_for_dataset(sha256)
    roots.mkdir(exist_ok=True)
    if shutil.disk_usage(roots).free < 2 * len(content):
        shutil.rmtree(roots)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(content)
    part.rename(file)


class Problems:
    """The test problems of this image's family; each is made once, with its data, and keeps no state."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._make = functools.lru_cache(PROBLEMS_KEPT)(family.make_problem)
        self._make_on_own_data = functools.lru_cache(OWN_DATA_PROBLEMS_KEPT)(family.make_problem)

    def find(self, request: dict[str, Any], runner: RunnerConnection) -> TestFunction:
        """Return the test problem that a request names; one for `sklearn` names model, data set and metric."""
        name = request.get("problem") or "_".join((request["model"], request["dataset"], request["metric"]))
        sha256 = request.get("dataset_sha256")
        if sha256 is None:
            return self._make(name)
        keep_dataset(request["dataset"], sha256, runner)
        return self._make_on_own_data(name, str(DATA_ROOTS / sha256))


def compute_signature(problem: TestFunction) -> list[float]:
    """Bayesmark's signature: the visible losses of five fixed points under a fixed seed."""
    _setup_seeds(SIGNATURE_SEED)
    _, losses = get_func_signature(problem.evaluate, problem.get_api_config())
    return [float(loss) for loss in losses]


def run_one_study(request: dict[str, Any], problems: Problems, runner: RunnerConnection) -> dict[str, Any]:
    """Run one study and return what the runner reports of it. Raises `StudyStopped`."""
    stock = problems.find(request, runner)
    started = time.process_time()
    signature = compute_signature(stock) if request["signature_wanted"] else None
    signature_cpu_s = time.process_time() - started  # its five evaluations are evaluations, too
    cut_off = CutOff()
    problem = RememberingProblem(stock, cut_off)
    names = NameTranslation(problem.get_api_config(), request.get("names_seed"))
    optimizer = ProxyOptimizer(problem, runner.ask, cut_off, names)
    optimizer.construct()
    _setup_seeds(f"{request['seed']:x}")
    evaluations, (_, eval_time_s, _), suggestions = run_study(
        optimizer, problem, request["n_calls"], request["n_suggestions"], n_obj=len(OBJECTIVE_NAMES)
    )
    return {
        "visible": evaluations[:, :, 0].tolist(),
        "generalization": evaluations[:, :, 1].tolist(),
        "eval_time_s": eval_time_s.tolist(),
        "suggestions": suggestions,
        "signature": signature,
        "evaluation_cpu_s": signature_cpu_s + problem.evaluation_cpu_s,
    }


def answer_study(request: dict[str, Any], problems: Problems, runner: RunnerConnection) -> dict[str, Any]:
    """Return the last message of a study: its result, a verdict, that it was aborted, or this side's failure."""
    try:
        return {"finished": run_one_study(request, problems, runner)}
    except StudyStopped as stopped:
        if stopped.verdict is None:
            return {"aborted": True}
        return {"verdict": stopped.verdict, "detail": stopped.detail}
    except Exception:  # noqa: BLE001 - the runner turns it into an infrastructure failure
        return {"failure": traceback.format_exc()[-3000:]}


def answer_score(request: dict[str, Any]) -> dict[str, Any]:
    """Return the score of studies by black box, or this side's failure."""
    try:
        boxes, score = score_studies({box: BoxStudies(**studies) for box, studies in request["score"].items()})
    except Exception:  # noqa: BLE001 - the runner turns it into an infrastructure failure
        return {"failure": traceback.format_exc()[-3000:]}
    return {"scores": {"boxes": {box: dataclasses.asdict(each) for box, each in boxes.items()}, **vars(score)}}


def answer_description(request: dict[str, Any], problems: Problems) -> dict[str, Any]:
    """Return what the family says of the problems that are named, or this side's failure."""
    try:
        return {"described": describe(problems.family, request["describe"])}
    except Exception:  # noqa: BLE001 - whoever asked tells it
        return {"failure": traceback.format_exc()[-3000:]}


def warm_up(family: Family) -> None:
    """Evaluate once: the first one in a process imports and compiles lazily, and no study should pay for that."""
    look_up_once()
    family.make_problem(WARM_UP).evaluate(
        {"max_depth": 3, "min_samples_split": 0.1, "min_samples_leaf": 0.1, "min_weight_fraction_leaf": 0.1}
    )


def main() -> None:
    """Warm up, say so, then answer requests until stdin ends."""
    runner = RunnerConnection()
    problems = Problems(load_family())
    if problems.family.__name__ == "sklearn_family":
        warm_up(problems.family)
    runner.send({"ready": True})
    while (request := runner.receive()) is not None:
        if "describe" in request:
            runner.send(answer_description(request, problems))
        elif "score" in request:
            runner.send(answer_score(request))
        else:
            runner.send(answer_study(request, problems, runner))


if __name__ == "__main__":
    main()
