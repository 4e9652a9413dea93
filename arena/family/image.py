"""Makes the image of an organizer's own family: the black-box image, with the folder and what it requires."""

import shutil
import tempfile
from pathlib import Path

from arena.images.build import INPUTS_LABEL
from arena.images.docker import BuildFailed, docker
from arena.words.environments import FAMILY_LABEL

PROBLEM, REQUIREMENTS = "problem.py", "requirements.txt"
SIZE_LIMIT_BYTES = 500_000_000
DOCKERFILE = f"""\
FROM {{blackbox}}
COPY {REQUIREMENTS} /tmp/{REQUIREMENTS}
RUN pip freeze --quiet > /tmp/pins.txt \\
    && pip install --quiet -r /tmp/{REQUIREMENTS} -c /tmp/pins.txt
COPY folder /opt/family
RUN chmod -R a+rX /opt/family
"""
"""Bayesmark's pins stay: with others its results are wrong, so a family that needs others cannot be installed."""
SKIPPED = shutil.ignore_patterns("__pycache__", ".git", ".venv", "*.pyc")


class RequirementsRefused(Exception):
    """The folder cannot become an image; the text says why."""


def find_folder_fault(folder: Path) -> str | None:
    """Return what a folder lacks to be a family, or None."""
    if not (folder / PROBLEM).is_file():
        return f"Expected a file {PROBLEM} in {folder}; there is none. 'arena problem new DIR' writes one."
    if outside := [path for path in folder.rglob("*") if path.is_symlink()]:
        return f"Expected files and folders in {folder}, no links; {outside[0].relative_to(folder)} is one."
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > SIZE_LIMIT_BYTES:
        return f"Expected at most {SIZE_LIMIT_BYTES} bytes in {folder}; it has {size}."
    return None


def family_tag(name: str) -> str:
    """Return the tag of the image by which runners find a family."""
    return f"arena-family-{name}:local"


def build_family_image(
    folder: Path, blackbox: str, name: str | None = None, *, requirements: Path | None = None
) -> str:
    """Build the image of a family and return its id; runners find it by its name, if it is to have one.

    What it requires is in the folder, or in a file that goes before it.
    Raises RequirementsRefused, BuildFailed.
    """
    named = () if name is None else ("--label", f"{FAMILY_LABEL}={name}", "-t", family_tag(name))
    docker("image", "inspect", "-f", "{{ .Id }}", blackbox)
    with tempfile.TemporaryDirectory() as place:
        context = Path(place)
        shutil.copytree(folder, context / "folder", ignore=SKIPPED)
        requirements = requirements or folder / REQUIREMENTS
        (context / REQUIREMENTS).write_text(requirements.read_text() if requirements.is_file() else "")
        (context / "Dockerfile").write_text(DOCKERFILE.format(blackbox=blackbox))
        try:
            return docker("build", "--quiet", "--label", f"{INPUTS_LABEL}=family", *named, str(context))
        except BuildFailed as failed:
            if "pip install" not in str(failed):
                raise
            raise RequirementsRefused(_last_words(str(failed))) from failed


def _last_words(output: str) -> str:
    """Return what pip said: its errors, and not all of the engine's report around them."""
    errors = [line.strip() for line in output.splitlines() if "ERROR" in line or "conflict" in line.lower()]
    return "\n".join(dict.fromkeys(errors)) or output[-1000:]
