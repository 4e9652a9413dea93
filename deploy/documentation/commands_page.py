"""The page of commands, from the command line itself."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.commands.app import app
from arena.commands.lazy_group import LazyGroup

ROOT = Path(__file__).parents[2]
INTRODUCTION = """# Commands

`arena` is a client of [the HTTP API](api.md). `arena login` keeps where the platform is and who you are. `ARENA_URL`
and `ARENA_TOKEN` go before it, and `ARENA_PLATFORM` chooses among several logins.

Tables are drawn on a terminal, and tab-separated below a line of headings elsewhere. With `--json`, a command prints
one JSON object and nothing else. [Exit codes](exit-codes.md) are the same for all. `arena --version` says which release
this is, and `arena --install-completion` lets the shell complete commands and options.

This page is generated from `arena --help`.
"""


def write_commands_page() -> str:
    """Return the page as Markdown: usage, arguments and options of every command, sorted by name."""
    lines = [INTRODUCTION]
    for path, command in sorted(walk(app, "arena"), key=lambda found: found[0]):
        lines += ["", f"## {path}", "", inspect.cleandoc(command.help or "")]
        context = command.make_context(path, [], resilient_parsing=True)
        usage = " ".join(command.collect_usage_pieces(context))
        lines += ["", "```", f"{path} {usage}", "```"]
        rows = [record for parameter in command.params if (record := parameter.get_help_record(context))]
        if rows:
            lines += ["", "| parameter | meaning |", "|---|---|"]
            lines += [f"| `{names.replace('|', ' or ')}` | {escape(text)} |" for names, text in rows]
    return "\n".join(lines) + "\n"


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below a group, with the words that call it.

    `command` is Any because typer brings its own copy of click, without types.
    """
    if not hasattr(command, "list_commands"):
        yield path, command
        return
    if command.invoke_without_command:
        yield path, command
    context = command.make_context(path, [], resilient_parsing=True)
    for name in command.list_commands(context):
        child = command.listed[name].load() if isinstance(command, LazyGroup) else command.get_command(context, name)
        if not child.hidden:
            yield from walk(child, f"{path} {name}")


def escape(text: str) -> str:
    """Return text escaped for a cell of a Markdown table, without the path of this source tree."""
    return " ".join(text.split()).replace(f"{ROOT}/", "").replace("|", "&#124;").replace("<", "&lt;")
