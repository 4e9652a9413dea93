"""The SHA-256 of a file: how the platform knows a zip, and how a backup and an archive find damage."""

import hashlib
from pathlib import Path


def hash_file(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
