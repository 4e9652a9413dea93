"""Progress without a terminal: a line for each change, and nothing that moves."""

import io
import json
from contextlib import nullcontext
from typing import Any

import pytest
from rich.console import Console

from arena.api.body import example_of
from arena.api.submissions import Submission
from arena.client.http import Client
from arena.client.watch import step_of, watch
from arena.progress import Step, show_progress


def lines_of(*steps: Step, quiet: bool = False) -> list[str]:
    output = io.StringIO()
    with show_progress(Console(file=output), quiet=quiet) as show:
        for step in steps:
            show(step)
    return output.getvalue().splitlines()


def step(done: int, state: str = "running", key: str = "a", **more: Any) -> Step:
    return Step(key, f"team: {key}", done, total=30, state=state, **more)


def test_a_line_is_printed_for_each_state_and_each_tenth_of_the_studies() -> None:
    steps = [
        step(0, "queued"),
        *(step(done, score=f"{done}.0 ± 1") for done in range(31)),
        step(30, "scored", ended=True),
    ]

    lines = lines_of(*steps)

    assert lines[:3] == [
        "team: a: queued, 0 of 30 studies",
        "team: a: running, 0 of 30 studies, score 0.0 ± 1",
        "team: a: running, 3 of 30 studies, score 3.0 ± 1",
    ]
    assert lines[-1] == "team: a: scored, 30 of 30 studies"
    assert len(lines) == 1 + 11 + 1


def test_the_same_again_prints_nothing() -> None:
    assert len(lines_of(step(1), step(1), step(2))) == 1


def test_things_side_by_side_are_told_apart() -> None:
    assert lines_of(step(0), step(0, key="b"), step(0)) == [
        "team: a: running, 0 of 30 studies",
        "team: b: running, 0 of 30 studies",
    ]


def test_a_line_is_whole_and_has_neither_markup_nor_escape_sequences() -> None:
    (line,) = lines_of(Step("a", "[red]x[/red]\x1b[2J" + "y" * 100, 0, 1, left="place 3"))

    assert line == "[red]x[/red]" + "y" * 100 + ": 0 of 1 studies, place 3"


def test_nothing_is_printed_when_only_json_is_wanted() -> None:
    assert lines_of(step(0), quiet=True) == []


def test_on_a_terminal_bars_are_shown() -> None:
    output = io.StringIO()
    with show_progress(Console(file=output, force_terminal=True, width=120)) as show:
        show(step(3))
        show(step(30, "scored", ended=True))

    assert "━" in output.getvalue()
    assert "30/30" in output.getvalue()


def test_a_submission_that_failed_is_shown_by_its_verdict() -> None:
    changes = {"state": "failed", "verdict": "out_of_memory", "ended_at": "2026-01-01T00:00:00Z", "remaining_s": None}
    failed = Submission.model_validate(example_of(Submission) | changes)

    assert step_of(failed) == Step(
        str(failed.id),
        "Gaussians: turbo",
        done=120,
        total=300,
        state="out_of_memory",
        score="88.100 ± 4.100",
        ended=True,
    )


def test_a_submission_is_watched_by_its_id_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = example_of(Submission) | {"state": "scored", "verdict": "scored", "ended_at": "2026-07-09T09:30:00Z"}
    feed = nullcontext([json.dumps({"change": 1, "submission": ended})])
    monkeypatch.setattr("arena.client.watch.open_feed", lambda *_: feed)
    asked_for = ended["id"].upper()

    (answer,) = watch(Client("http://127.0.0.1:1", None), [asked_for], quiet=True)

    assert asked_for != ended["id"]
    assert answer.json == ended


def test_a_narrow_terminal_shows_every_number_of_a_step() -> None:
    output = io.StringIO()
    with show_progress(Console(file=output, width=80, force_terminal=True, color_system=None)) as show:
        show(Step("1", "ada: start", 3, 14, "running", "51.087 ± 427.088", "place 2, 0:00:10 to 0:00:20 left"))

    assert "…" not in output.getvalue()
    assert {"3/14", "51.087", "427.088", "0:00:10", "0:00:20"} <= set(output.getvalue().split())
