"""A group of commands that imports a command only when it is called, so that every command starts fast."""

from collections.abc import Mapping, Sequence
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
    `environment` names the environment variables that `--help` explains.
    """

    def __init__(
        self,
        summary: str,
        listed: Sequence[Listed],
        *,
        options: Sequence[Any] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        stubs = {each.name: TyperCommand(each.name, help=each.summary) for each in listed}
        super().__init__(
            help=summary,
            commands={**stubs},
            params=[*options],
            no_args_is_help=True,
            rich_markup_mode=None,
            context_settings={"help_option_names": ["-h", "--help"]},  # the commands below inherit them
        )
        self.listed = {each.name: each for each in listed}
        self.environment = environment or {}

    def format_commands(self, _: Any, formatter: Any) -> None:
        """Write the commands, each below the title of its panel, and the environment variables."""
        for title, commands in groupby(self.listed.values(), key=lambda each: each.panel):
            with formatter.section(title or "Commands"):
                formatter.write_dl([(each.name, each.summary) for each in commands])
        if self.environment:
            with formatter.section("Environment variables"):
                formatter.write_dl(list(self.environment.items()))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the imported command and the remaining arguments; an unknown name is an error.

        While a shell asks for completions it is none: then both are None.
        """
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and self.listed[str(name)].load(), rest
