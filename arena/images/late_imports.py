"""Run while an environment is built: Bayesmark's modules import what takes long when it is first called, not before.

Nearly every optimizer imports `bayesmark.space`, which for the sake of search spaces with listed numbers, or on a logit
scale, brings a third of SciPy. What is called stays SciPy's own, so every number is the same, bit for bit. The black
box has Bayesmark as it was published.
"""

import importlib.util
import re
from pathlib import Path

LATE = {"space.py": 3, "abstract_optimizer.py": 1}
"""How many imports of each file are late."""
IMPORT = re.compile(r"^from (scipy\.\w+|importlib_metadata) import (\w+)(?: as (\w+))?(?:  #.*)?$", re.MULTILINE)


def make_late(text: str) -> tuple[str, int]:
    """Return a module in which a function stands for each function that it imported, and how many there are."""
    return IMPORT.subn(_write_function, text)


def _write_function(found: re.Match[str]) -> str:
    module, name, alias = found.groups()
    return (
        f"def {alias or name}(*arguments, **keywords):\n"
        f"    from {module} import {name}\n"
        f"    return {name}(*arguments, **keywords)\n"
    )


def main() -> None:
    """Change the Bayesmark that is installed here."""
    spec = importlib.util.find_spec("bayesmark")
    if spec is None or spec.origin is None:
        raise SystemExit("Expected Bayesmark in this environment, found none.")
    for file, expected in LATE.items():
        path = Path(spec.origin).with_name(file)
        text, count = make_late(path.read_text())
        if count != expected:
            raise SystemExit(f"Expected {expected} imports of SciPy and others in bayesmark/{file}, found {count}.")
        path.write_text(text)


if __name__ == "__main__":
    main()
