"""Imports that need an extra of the package, and how to install it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from arena.failure import Failure

REPORT, CHECK, PARQUET = "report", "check", "parquet"
ONLY_PYTHON = {REPORT: (3, 11)}
"""Bayesmark gives correct results only with versions of NumPy and scikit-learn that no later Python has."""


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Guard imports that need an extra. Raises Failure that says how to install the extra if it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "arena":
            raise
        raise Failure(explain_missing(extra, error.name or str(error), sys.version_info[:2])) from error


def explain_missing(extra: str, module: str, python: tuple[int, int]) -> str:
    """Return a message that names the extra with a module, and how to install it on this Python."""
    needed = ONLY_PYTHON.get(extra, python)
    cure = f"install it with: pip install 'arena[{extra}]'"
    if python != needed:
        version, this = (".".join(map(str, each)) for each in (needed, python))
        cure = f"it needs CPython {version}, this is {this}: in an environment of CPython {version}, {cure}"
    return f"Expected the extra '{extra}' of arena, which brings {module}; it is not installed. To run this, {cure}."
