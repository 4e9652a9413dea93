"""Organizer runs as nodes of a plan: started, waited for, and read.

The platform keeps them, so whoever waits may stop and come again: the same node is never run twice.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from arena.api.competition_document import BlackBox
from arena.api.competitions import BlackBoxPage
from arena.api.planning import OrganizerRunPage, OrganizerRunSummary, StartedOrganizerRun
from arena.api.submissions import Submission
from arena.client.http import Client
from arena.failure import Failure, Stopped
from arena.pack.optimizer_zip import read_zip
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict

POLL_S = 1.0


@dataclass(frozen=True)
class Zip:
    """An optimizer, packed into a file."""

    filename: str
    file: Path

    @classmethod
    def read(cls, path: Path) -> "Zip":
        """Find a zip, or pack a folder."""
        return cls(*read_zip(path))


@dataclass(frozen=True)
class Node:
    """Studies of one optimizer on one black box; `purpose` only says what they are for.

    `settings` are further fields of `NewOrganizerRun`.
    """

    purpose: str
    box: str
    optimizer: Zip
    n_calls: int
    n_suggestions: int
    studies: int
    first_study: int = 0
    study_timeout_s: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def organizer_run(self) -> dict[str, Any]:
        """Return the node as the platform takes it."""
        return {
            "purpose": self.purpose,
            "boxes": [self.box],
            "n_calls": self.n_calls,
            "n_suggestions": self.n_suggestions,
            "studies": self.studies,
            "first_study": self.first_study,
            "limits": {} if self.study_timeout_s is None else {"study_timeout_s": self.study_timeout_s},
            **self.settings,
        }


@dataclass(frozen=True)
class Run:
    """A node that the platform has: the submission that runs it, and how far it is."""

    node: Node
    key: str
    new: bool
    submission: str
    phase: str
    state: SubmissionState
    verdict: Verdict | None
    studies_done: int
    studies_total: int

    def at(self, seen: Submission | OrganizerRunSummary) -> "Run":
        """Return the run as far as it is now."""
        return replace(
            self,
            state=seen.state,
            verdict=seen.verdict,
            studies_done=seen.studies_done,
            studies_total=seen.studies_total,
        )


def run_all(client: Client, slug: str, nodes: Sequence[Node], show: Callable[[Sequence[Run]], None]) -> list[Run]:
    """Run the nodes that the platform has not run yet, and show all until they have succeeded.

    Raises Failure when one failed, and Stopped on Ctrl-C.
    """
    try:
        return _wait(client, slug, _start(client, slug, nodes), show)
    except KeyboardInterrupt:
        raise Stopped(
            "Stopped watching. Nothing is lost: the platform goes on with what it was asked for, and the same command "
            "again goes on from there."
        ) from None


def _start(client: Client, slug: str, nodes: Sequence[Node]) -> list[Run]:
    runs = []
    for node in nodes:
        answer = client.start_organizer_run(slug, node.optimizer.filename, node.optimizer.file, node.organizer_run())
        started = answer.parse(StartedOrganizerRun)
        seen = started.submission
        done = (seen.state, seen.verdict, seen.studies_done, seen.studies_total)
        runs.append(Run(node, started.key, started.new, str(seen.id), seen.phase, *done))
    return runs


def _wait(client: Client, slug: str, runs: Sequence[Run], show: Callable[[Sequence[Run]], None]) -> list[Run]:
    while True:
        runs = _look(client, slug, runs)
        show(runs)
        for run in runs:
            _check(run)
        if all(run.state == SubmissionState.SCORED for run in runs):
            return list(runs)
        time.sleep(POLL_S)


def _look(client: Client, slug: str, runs: Sequence[Run]) -> list[Run]:
    path = f"/api/v1/admin/competitions/{slug}/organizer-runs"
    listed: dict[str, OrganizerRunSummary] = {}
    for purpose in {run.node.purpose for run in runs if run.state != SubmissionState.SCORED}:
        page = client.get_all(path, "organizer_runs", purpose=purpose).parse(OrganizerRunPage)
        listed |= {str(each.submission_id): each for each in page.organizer_runs}
    return [run if run.state == SubmissionState.SCORED else run.at(_seen(client, run, listed)) for run in runs]


def _seen(client: Client, run: Run, listed: Mapping[str, OrganizerRunSummary]) -> Submission | OrganizerRunSummary:
    """Return how far a run is; one that was first asked for with another purpose is listed under that."""
    return listed.get(run.submission) or client.get(f"/api/v1/submissions/{run.submission}").parse(Submission)


def _check(run: Run) -> None:
    if run.state in {SubmissionState.FAILED, SubmissionState.CANCELLED}:
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


def choose_boxes(client: Client, slug: str, wanted: str | None) -> tuple[str, list[BlackBox]]:
    """Return a competition's seed and its black boxes: those of a list with commas, or without one all."""
    found = client.get_all(f"/api/v1/admin/competitions/{slug}/black-boxes", "black_boxes").parse(BlackBoxPage)
    labels = [label.strip() for label in wanted.split(",")] if wanted is not None else None
    known = {box.label: box for box in found.black_boxes}
    unknown = sorted(set(labels or ()) - known.keys())
    if unknown:
        raise Failure(f"Expected black boxes of {slug}, which has {', '.join(known)}; got {', '.join(unknown)}.")
    return found.seed, [box for label, box in known.items() if labels is None or label in labels]
