"""Which code and images these are. The answer is the same for the same files, in an image and in a work tree."""

import functools
import hashlib
from pathlib import Path

from arena.images.definition import find_environments, installed_definitions
from arena.package_data import package_path
from arena.words.environments import environment_name

PACKAGES = ("arena", "shared", "services")
"""Those that are installed; a client has only the first."""
HEX_DIGITS = 12


@functools.cache
def code_version() -> str:
    """Return 12 hex digits of the hash of the source files."""
    digest = hashlib.sha256()
    root = package_path("").parent
    for path in sorted(path for name in PACKAGES for path in _source_files(root / name)):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:HEX_DIGITS]


@functools.cache
def images_version(environment: str) -> str:
    """Return 12 hex digits of the hash of what the two images of a study are made of: their packages and their code.

    Unlike the engine's ids of the images it is known before anything runs, and building them again does not change it.
    Of an environment that does not come with Arena, only the name is known.
    """
    name = environment_name(environment)
    blackbox, optimizer = installed_definitions()["blackbox"], find_environments().get(name)
    parts = (blackbox.content_hash(), optimizer.content_hash() if optimizer else name)
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:HEX_DIGITS]


def _source_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in {".py", ".sql", ".lock"}]
