"""The options of `arena` itself: its version, and the completion of commands by the shell."""

from typing import Any

import typer
from typer.core import TyperOption


def root_options() -> list[Any]:
    """Return `--version`, `--install-completion` and `--show-completion`."""
    version = TyperOption(
        param_decls=["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help="Show the version and exit.",
    )
    return [version, *typer.main.get_install_completion_arguments()]


def _show_version(context: Any, _: Any, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    typer.echo(f"arena {version('arena')}")
    raise typer.Exit
