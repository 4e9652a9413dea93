"""A bad family of the hostile set, as a folder: what its header says of it, and how it becomes one.

`refused` is the code with which it is refused, `point` whether a point showed it, `requires` what its requirements.txt
has, `because` why it is so.
"""

from pathlib import Path

from tests.support.zips import HOSTILE_SET

FAMILIES = sorted((HOSTILE_SET / "families").glob("*.py"))


def read_family_header(path: Path) -> dict[str, str]:
    """Return the `# name: value` lines at the top of a file."""
    lines = path.read_text().split("\n\n")[0].splitlines()
    return dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))


def write_family(folder: Path, problem: str, requirements: str = "") -> Path:
    """Write a family's folder and return it."""
    folder.mkdir()
    (folder / "problem.py").write_text(problem)
    (folder / "requirements.txt").write_text(requirements)
    return folder


def write_bad_family(folder: Path, path: Path) -> Path:
    """Write a file of the hostile set as a family's folder and return it."""
    return write_family(folder, path.read_text(), read_family_header(path).get("requires", ""))
