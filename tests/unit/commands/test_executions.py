"""Executions as a table: for terminals, with text that teams chose."""

import io

from rich.console import Console

from arena.api.body import example_of
from arena.api.executions import Execution
from arena.commands.organizer.executions import executions_table

USAGE = {
    "cpu_s": 0.2,
    "memory_peak_bytes": 30_000_000,
    "construct_time_s": 0.0,
    "suggest_time_s": 0.01,
    "observe_time_s": 0.01,
    "eval_time_s": None,
}
EXECUTION = Execution.model_validate(
    example_of(Execution)
    | {
        "id": "9888622e-40a8-4ff3-9527-d8a0d75387b5:1",
        "team": "a [bold]bold[/bold] team",
        "box": "box-be044f2a",
        "released_at": "2026-11-25T03:29:09.848951Z",
        "runner": "runner-of-the-third-machine",
        "usage": USAGE,
    }
)


def test_names_are_shown_as_they_are_and_a_terminal_of_100_columns_holds_all_of_them() -> None:
    console = Console(file=io.StringIO(), width=100)
    console.print(executions_table([EXECUTION]))
    shown = console.file.getvalue()  # type: ignore[attr-defined]

    assert EXECUTION.id in shown
    for text in ("a [bold]bold[/bold] team,", EXECUTION.box, "2026-11-25T03:29:09", "done", "0.20", "0.02"):
        assert text in shown
