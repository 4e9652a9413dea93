"""Why a command did not do what it was asked."""

from typing import Any


class Failure(Exception):
    """A command did not do what it was asked; the text is for the person who asked, `problem` is for `--json`."""

    def __init__(self, sentence: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.problem = problem or {"title": "Failed", "detail": sentence}
