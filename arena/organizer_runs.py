"""Organizer runs as nodes of a plan: started, waited for, and read.

The platform keeps them, so whoever waits may stop and come again: the same node is never run twice.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from arena.client.http import Client
from arena.failure import Failure
from arena.pack.optimizer_zip import read_zip

POLL_S = 1.0
Body = dict[str, Any]


@dataclass(frozen=True)
class Zip:
    """An optimizer, packed."""

    filename: str
    content: bytes

    @classmethod
    def read(cls, path: Path) -> "Zip":
        """Read a zip, or pack a folder."""
        return cls(*read_zip(path))


@dataclass(frozen=True)
class Node:
    """Studies of one optimizer on one black box; `purpose` only says what they are for."""

    purpose: str
    box: str
    optimizer: Zip
    n_calls: int
    n_suggestions: int
    studies: int
    first_study: int = 0
    study_timeout_s: float | None = None

    def organizer_run(self) -> Body:
        """Return the node as the platform takes it."""
        return {
            "purpose": self.purpose,
            "boxes": [self.box],
            "n_calls": self.n_calls,
            "n_suggestions": self.n_suggestions,
            "studies": self.studies,
            "first_study": self.first_study,
            "limits": {} if self.study_timeout_s is None else {"study_timeout_s": self.study_timeout_s},
        }


@dataclass(frozen=True)
class Run:
    """A node that the platform has: the submission that runs it, and how far it is."""

    node: Node
    key: str
    new: bool
    submission: str
    phase: str
    state: str
    verdict: str | None
    studies_done: int
    studies_total: int


def run_all(client: Client, slug: str, nodes: Sequence[Node], show: Callable[[Sequence[Run]], None]) -> list[Run]:
    """Run the nodes that the platform has not run yet, and show all until they have succeeded.

    Raises Failure when one failed, and on Ctrl-C.
    """
    try:
        return _wait(client, slug, _start(client, slug, nodes), show)
    except KeyboardInterrupt:
        raise Failure(
            "Stopped watching. Nothing is lost: the platform goes on with what it was asked for, and the same command "
            "again goes on from there."
        ) from None


def _start(client: Client, slug: str, nodes: Sequence[Node]) -> list[Run]:
    runs = []
    for node in nodes:
        answer = client.start_organizer_run(slug, node.optimizer.filename, node.optimizer.content, node.organizer_run())
        found = answer["submission"]
        runs.append(Run(node, answer["key"], answer["new"], found["id"], found["phase"], **_progress(found)))
    return runs


def _wait(client: Client, slug: str, runs: Sequence[Run], show: Callable[[Sequence[Run]], None]) -> list[Run]:
    while True:
        runs = _look(client, slug, runs)
        show(runs)
        for run in runs:
            _check(run)
        if all(run.state == "scored" for run in runs):
            return list(runs)
        time.sleep(POLL_S)


def _look(client: Client, slug: str, runs: Sequence[Run]) -> list[Run]:
    path = f"/api/v1/admin/competitions/{slug}/organizer-runs"
    purposes = {run.node.purpose for run in runs if run.state != "scored"}
    rows = {
        row["submission_id"]: row for purpose in purposes for row in client.get(path, purpose=purpose)["organizer_runs"]
    }
    return [
        run
        if run.state == "scored"
        # An organizer run that was first asked for with another purpose is listed under that.
        else replace(run, **_progress(rows.get(run.submission) or client.get(f"/api/v1/submissions/{run.submission}")))
        for run in runs
    ]


def _progress(row: Body) -> Body:
    return {name: row[name] for name in ("state", "verdict", "studies_done", "studies_total")}


def _check(run: Run) -> None:
    if run.state in {"failed", "cancelled"}:
        raise Failure(
            f"Expected {run.node.optimizer.filename} to finish its studies on {run.node.box}, but it ended as "
            f"{run.verdict}; 'arena logs {run.submission}' shows what it wrote. Repair what is wrong and run the same "
            "command again: what has succeeded stays."
        )


@contextmanager
def exported(client: Client, slug: str, phase: str, submission: str) -> Iterator[Iterator[str]]:
    """Stream the evaluations of an organizer run: a header line, then a line for every study."""
    path = f"/api/v1/admin/competitions/{slug}/phases/{phase}/export"
    with client.lines(path, submission=submission) as lines:
        yield lines


def choose_boxes(client: Client, slug: str, wanted: str | None) -> tuple[str, list[Body]]:
    """Return a competition's seed and its black boxes: those of a list with commas, or without one all."""
    found = client.get(f"/api/v1/admin/competitions/{slug}/black-boxes")
    labels = [label.strip() for label in wanted.split(",")] if wanted is not None else None
    known = {box["label"]: box for box in found["black_boxes"]}
    unknown = sorted(set(labels or ()) - known.keys())
    if unknown:
        raise Failure(f"Expected black boxes of {slug}, which has {', '.join(known)}; got {', '.join(unknown)}.")
    return found["seed"], [box for label, box in known.items() if labels is None or label in labels]
