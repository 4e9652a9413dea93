"""Which code and images these are: the same for the same files, in an image and in a work tree alike."""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("arena", "shared", "services")
IMAGES = ("blackbox", "optimizer")


@functools.cache
def code_version() -> str:
    """Return 12 hex digits of the hash of the services' source files."""
    return _hash_files(ROOT, FOLDERS)


@functools.cache
def images_version(root: Path = ROOT) -> str:
    """Return 12 hex digits of the hash of what the two images of a study are made of: their packages and their code.

    Unlike the engine's ids of the images it is known before anything runs, and building them again does not change it.
    """
    return _hash_files(
        root, [part for side in IMAGES for part in (f"requirements/{side}.lock", f"arena/sandbox/{side}")]
    )


def _hash_files(root: Path, places: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for place in places:
        for path in sorted((root / place, *(root / place).rglob("*"))):
            if path.suffix in {".py", ".sql", ".lock"}:
                digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
