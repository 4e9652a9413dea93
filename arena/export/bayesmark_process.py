"""One of stock Bayesmark's tools as a process: `python -P -m arena.export.bayesmark_process agg -dir ROOT -b NAME`."""

import enum
import sys
from importlib.metadata import entry_points


def main() -> None:
    """Run the tool that the first argument names, with the other arguments."""
    # Bayesmark 0.0.8 takes an option's name from the text of its enum member, `CmdArgs.db`. From CPython 3.11 on, the
    # text of an IntEnum's member is its number. This changes it for the whole process, which so does nothing else.
    enum.IntEnum.__str__ = enum.Enum.__str__  # type: ignore[method-assign]
    (tool,) = entry_points(group="console_scripts", name=f"bayesmark-{sys.argv.pop(1)}")
    tool.load()()


if __name__ == "__main__":
    main()
