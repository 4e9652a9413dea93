"""How every command shows a table: drawn for people on a terminal, tab-separated where something else reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from arena.terminal import console, plain
from arena.words.text import clean_line

Cell = str | Text
"""What other people have written may be in a `str`; a `Text` is only for colours."""
LINE_CHARS = 100_000
ROOM_CHARS = 10_000
"""More than any row of a table has."""


@dataclass(frozen=True)
class Heading:
    """The title of a column, and what its cells are.

    A terminal folds `text` between words where it is too narrow, and nothing else. A `number` stands on the right. A
    `picture` is for the eye: it is left out where something else reads the table.
    """

    title: str
    kind: Literal["exact", "number", "text", "picture"] = "exact"


@dataclass(frozen=True)
class TextTable:
    """Rows of cells below their headings. A terminal also shows title and caption, and may do without headings."""

    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    caption: str = ""
    show_headings: bool = True


def facts_table(facts: Iterable[tuple[str, Cell]]) -> TextTable:
    """Return what is known of one thing as a table of names and values."""
    return TextTable([Heading("name"), Heading("value", "text")], list(facts), show_headings=False)


def show_tables(*tables: TextTable, on: Console = console) -> None:
    """Print tables with an empty line between them; where nobody looks, each has a line of headings and no title."""
    for number, table in enumerate(tables):
        if number:
            on.file.write("\n")
        if on.is_terminal:
            on.print(draw_table(table, on), crop=False)
        else:
            on.file.writelines(f"{line}\n" for line in tab_separated(table))


def tab_separated(table: TextTable) -> Iterable[str]:
    """Yield the headings and each row as a line, cells separated by tabs; no cell has a tab or a line break."""
    columns = [place for place, heading in enumerate(table.headings) if heading.kind != "picture"]
    for row in ([heading.title for heading in table.headings], *table.rows):
        yield "\t".join(clean_line(str(row[place]), LINE_CHARS) for place in columns)


def draw_table(table: TextTable, on: Console = console) -> Table:
    """Return a table for a terminal of this width.

    It is wider than the terminal rather than that a word, an id or a number is cut.
    """
    widest, narrowest = _widths(table)
    excess = _measure(_build(table, widest), on) - on.width
    while excess > 0 and (foldable := [place for place, width in enumerate(widest) if width > narrowest[place]]):
        widest[max(foldable, key=lambda place: widest[place])] -= 1
        excess -= 1
    drawn = _build(table, widest)
    drawn.width = _measure(drawn, on)
    return drawn


def _widths(table: TextTable) -> tuple[list[int], list[int]]:
    """Return the widths that the columns would like to have, and those below which something would be cut."""
    widest, narrowest = [], []
    for place, heading in enumerate(table.headings):
        lines = [line for row in table.rows for line in _as_text(row[place]).plain.splitlines()]
        titles = [heading.title] if table.show_headings else []
        width = max(map(cell_len, [*lines, *titles]), default=0)
        words = [word for line in [*lines, *titles] for word in line.split()]
        widest.append(width)
        narrowest.append(max(map(cell_len, words), default=0) if heading.kind == "text" else width)
    return widest, narrowest


def _build(table: TextTable, widths: Sequence[int]) -> Table:
    drawn = Table(
        title=plain(table.title) if table.title else None,
        caption=plain(table.caption) if table.caption else None,
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD if table.show_headings else None,
        show_header=table.show_headings,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1 if table.show_headings else 2, 0, 0),  # the box of a heading has a blank between columns
    )
    for heading, width in zip(table.headings, widths, strict=True):
        justify: Literal["left", "right"] = "right" if heading.kind == "number" else "left"
        drawn.add_column(plain(heading.title), justify=justify, width=width)
    for row in table.rows:
        drawn.add_row(*map(_as_text, row))
    return drawn


def _as_text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else plain(cell.expandtabs())


def _measure(drawn: Table, on: Console) -> int:
    """Return the width of a table with room for all of its columns."""
    return Measurement.get(on, on.options.update(width=ROOM_CHARS), drawn).maximum
