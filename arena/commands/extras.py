"""What only an extra of the package installs, and how to get it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from arena.failure import Failure

REPORT, CHECK = "report", "check"
ONLY_PYTHON = {REPORT: (3, 11)}
"""Bayesmark is right under versions of NumPy and scikit-learn that exist for no later Python."""


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Import what an extra installs. Raises Failure that says how to install it when it is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "arena":
            raise
        raise Failure(explain_missing(extra, error.name or str(error), sys.version_info[:2])) from error


def explain_missing(extra: str, module: str, python: tuple[int, int]) -> str:
    """Return which extra has a module, and how to install it on this Python."""
    needed = ONLY_PYTHON.get(extra, python)
    cure = f"install it with: pip install 'arena[{extra}]'"
    if python != needed:
        version, this = (".".join(map(str, each)) for each in (needed, python))
        cure = f"it needs CPython {version}, this is {this}: in an environment of CPython {version}, {cure}"
    return f"Expected the extra '{extra}' of arena, which brings {module}; it is not installed. To run this, {cure}."
