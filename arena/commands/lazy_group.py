"""A group of commands that imports a command only when it is called, so that every command starts fast."""

from collections.abc import Sequence
from importlib import import_module
from itertools import groupby
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Listed(NamedTuple):
    """A command as `--help` lists it, and where it is defined: `module:name` below `arena.commands`.

    That is a function, a Typer application or another lazy group. A test checks that `summary` equals the first line
    of its help.
    """

    name: str
    place: str
    summary: str
    panel: str | None = None

    def load(self) -> Any:
        """Import the command."""
        module, _, name = self.place.partition(":")
        found = getattr(import_module(f"arena.commands.{module}"), name)
        if isinstance(found, TyperGroup):
            return found
        if not isinstance(found, typer.Typer):
            application = typer.Typer(add_completion=False)
            application.command(self.name)(found)
            found = application
        return typer.main.get_command(found)


class LazyGroup(TyperGroup):
    """Lists commands by name and summary, and imports only the one that is called.

    The list is plain text: drawing it as Rich draws a command's help would double the time to start.
    """

    def __init__(self, summary: str, listed: Sequence[Listed]) -> None:
        stubs = {each.name: TyperCommand(each.name, help=each.summary) for each in listed}
        super().__init__(help=summary, commands={**stubs}, no_args_is_help=True, rich_markup_mode=None)
        self.listed = {each.name: each for each in listed}

    def format_commands(self, _: Any, formatter: Any) -> None:
        """Write the commands, each below the title of its panel."""
        for title, commands in groupby(self.listed.values(), key=lambda each: each.panel):
            with formatter.section(title or "Commands"):
                formatter.write_dl([(each.name, each.summary) for each in commands])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the imported command and the remaining arguments; an unknown name is an error."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, self.listed[str(name)].load(), rest
