"""Why a command did not do what it was asked, and the exit codes of all commands."""

from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """With what a command ends. `docs/reference/exit-codes.md` says what each means; a test compares them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STOPPED = 130


class Failure(Exception):
    """A command did not do what it was asked; the text is for the person who asked, `problem` is for `--json`."""

    exit_code = ExitCode.FAILED

    def __init__(self, sentence: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.problem = problem or {"title": self.exit_code.name.capitalize(), "detail": sentence}


class Stopped(Failure):
    """Somebody pressed Ctrl-C. A command that can say more than this sentence raises it with its own."""

    exit_code = ExitCode.STOPPED

    def __init__(self, sentence: str = "Stopped. What the platform was already asked for goes on there.") -> None:
        super().__init__(sentence)
