"""How far studies are: bars that move on a terminal, one plain line for each change elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from arena.terminal import plain

STEPS = 10
"""Without a terminal a line is printed for each tenth of the studies, and for each change of the state."""


@dataclass(frozen=True)
class Step:
    """How far one thing is; `key` distinguishes it from the others that are shown beside it."""

    key: str
    name: str
    done: int
    total: int
    state: str = ""
    score: str = ""
    left: str = ""
    ended: bool = False


@contextmanager
def show_progress(console: Console, *, quiet: bool = False) -> Iterator[Callable[[Step], None]]:
    """Yield a function that shows a step; it prints nothing when `quiet`."""
    if quiet:
        yield _show_nothing
    elif console.is_terminal:
        with _bars(console) as show:
            yield show
    else:
        yield ChangeLines(console).show


def _show_nothing(_: Step) -> None:
    pass


class ChangeLines:
    """Prints a line when a thing's state or its tenth of the studies differs from its last line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: dict[str, tuple[str, int, bool]] = {}

    def show(self, step: Step) -> None:
        """Print a step, unless its last line says the same."""
        seen = (step.state, step.done * STEPS // max(step.total, 1), step.ended)
        if self._seen.get(step.key) != seen:
            self._seen[step.key] = seen
            self._console.print(plain(describe(step)), soft_wrap=True)


def describe(step: Step) -> str:
    """Return a step as one line of plain text."""
    parts = (
        step.state,
        f"{step.done} of {step.total} studies",
        f"score {step.score}" if step.score else "",
        step.left,
    )
    return f"{step.name}: {', '.join(filter(None, parts))}"


@contextmanager
def _bars(console: Console) -> Iterator[Callable[[Step], None]]:
    columns = (
        # Where the terminal is too narrow for all, words and the bar give way, and no number is cut.
        TextColumn("{task.description:24}", markup=False, table_column=Column(overflow="fold")),
        BarColumn(bar_width=None),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[score]:>18}"),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[left]}", table_column=Column()),
    )
    with Progress(*columns, console=console) as progress:
        bars = {}

        def show(step: Step) -> None:
            if step.key not in bars:
                bars[step.key] = progress.add_task(step.name, total=step.total, score="", state="", left="")
            bar = bars[step.key]
            progress.update(
                bar,
                description=step.name,
                completed=step.done,
                score=step.score,
                state=step.state,
                left=step.left,
            )
            if step.ended:
                progress.stop_task(bar)

        yield show
