"""What an archive says of its files: the SHA-256 of each, and what it touches. It is written last."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from arena.failure import Failure
from arena.file_hash import hash_file

MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"
"""The second has the hash of the first, as `sha256sum` reads it."""


class ArchivedFile(BaseModel):
    """A file, by its path below the archive's folder, and what cannot be trusted if it has changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: str
    size_bytes: int
    sha256: str
    touches: str


class ArchiveManifest(BaseModel):
    """Every file of an archive but the manifest itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Literal[1] = 1
    made_at: datetime
    arena_version: str
    competition: str
    files: tuple[ArchivedFile, ...]


def describe_file(folder: Path, path: str, touches: str) -> ArchivedFile:
    """Return a file of an archive with its hash."""
    return ArchivedFile(
        path=path, size_bytes=(folder / path).stat().st_size, sha256=hash_file(folder / path), touches=touches
    )


def write_manifest(folder: Path, manifest: ArchiveManifest) -> None:
    """Write the manifest and its hash."""
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n")
    (folder / MANIFEST_HASH).write_text(f"{hash_file(folder / MANIFEST)}  {MANIFEST}\n")


def read_manifest(folder: Path) -> ArchiveManifest:
    """Return what an archive says of itself. Raises Failure where there is none, or where it has changed."""
    path, kept = folder / MANIFEST, folder / MANIFEST_HASH
    if not path.is_file() or not kept.is_file():
        raise Failure(
            f"Expected an archive in {folder}, found no {MANIFEST} with {MANIFEST_HASH}, which are written last."
        )
    if kept.read_bytes() != f"{hash_file(path)}  {MANIFEST}\n".encode():
        raise Failure(
            f"{MANIFEST} or {MANIFEST_HASH} has changed: together they touch every score. Bring back undamaged copies."
        )
    try:
        return ArchiveManifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise Failure(f"Expected a manifest in {path}, it cannot be read: {error}.") from error


def find_damage(folder: Path, manifest: ArchiveManifest) -> Iterator[str]:
    """Yield a sentence for each file that is missing, has changed, or is none of the archive's."""
    for each in manifest.files:
        path = folder / each.path
        if not path.is_file():
            yield f"{each.path} is not there; it is {each.touches}"
        elif (found := hash_file(path)) != each.sha256:
            yield f"{each.path} has changed (expected SHA-256 {each.sha256}, found {found}); it is {each.touches}"
    known = {each.path for each in manifest.files} | {MANIFEST, MANIFEST_HASH}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in known:
            yield f"{name} is no part of the archive"
