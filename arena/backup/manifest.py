"""What a backup's folder says of itself. It is written last, so a folder without it is no backup."""

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from arena.failure import Failure
from arena.file_hash import hash_file

MANIFEST = "manifest.json"
BLOBS = "blobs"
PIECE_BYTES = 1024**2
NOT_IN_IT = (
    "passwords and the organizer's token (.arena/secrets.env, or the Secrets of a cluster): keep a copy elsewhere",
    "tokens themselves: the database has only their SHA-256, so teams keep using theirs",
    "messages of the broker: the dispatcher finds unfinished work in the tables and releases it again",
    "images of environments: build or copy them as for a new machine",
)


class BackupPart(BaseModel):
    """The base of everything in a manifest."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BackedUpFile(BackupPart):
    """A file, by its path below the backup's folder."""

    path: str
    size_bytes: int
    sha256: str


class BackedUpBlob(BackupPart):
    """A blob, in `blobs/` under its SHA-256, and what would be lost with it."""

    sha256: str
    size_bytes: int
    used_by: str


class BackupManifest(BackupPart):
    """Everything that a restore needs to know, and to check."""

    version: Literal[1] = 1
    made_at: datetime
    arena_version: str
    postgres_version: str
    schema_migration: str
    database: BackedUpFile
    rows: dict[str, int]
    roles: tuple[str, ...]
    blobs: tuple[BackedUpBlob, ...]
    missing_blobs: tuple[str, ...] = ()
    not_in_it: tuple[str, ...] = NOT_IN_IT

    @property
    def size_bytes(self) -> int:
        """How much the backup takes on the disk."""
        return self.database.size_bytes + sum(blob.size_bytes for blob in self.blobs)


def blob_path(folder: Path, sha256: str) -> Path:
    """Return where a backup has a blob."""
    return folder / BLOBS / sha256


def write_manifest(folder: Path, manifest: BackupManifest) -> None:
    """Write the manifest so that a reader sees the old one or all of the new one, whatever happens."""
    unfinished = folder / f"{MANIFEST}.unfinished"
    with unfinished.open("w") as file:
        file.write(manifest.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / MANIFEST)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a crash of the machine."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def read_manifest(folder: Path) -> BackupManifest:
    """Return what a backup says of itself. Raises Failure where there is no whole backup."""
    path = folder / MANIFEST
    if not path.exists():
        raise Failure(
            f"Expected a backup in {folder}, found no {MANIFEST}, which a backup writes last: none was made here, or "
            f"it did not end. Make one with 'arena backup {folder}', or name the folder of another."
        )
    try:
        return BackupManifest.model_validate_json(path.read_text())
    except (ValidationError, UnicodeDecodeError) as error:
        raise Failure(
            f"Expected a manifest in {path}, it cannot be read: {error}. Bring back an undamaged copy of this backup."
        ) from error


def check_files(folder: Path, manifest: BackupManifest) -> None:
    """Compare every file with its hash. Raises Failure that names each damaged one, and what it touches."""
    dump = manifest.database
    faults = []
    if fault := _fault(folder / dump.path, dump.sha256):
        faults.append(f"{dump.path} {fault}; it is the whole database: competitions, submissions, scores")
    faults += [
        f"{BLOBS}/{blob.sha256} {fault}; it is {blob.used_by}"
        for blob in manifest.blobs
        if (fault := _fault(blob_path(folder, blob.sha256), blob.sha256))
    ]
    if faults:
        raise Failure(
            f"The backup in {folder} is damaged, and nothing was restored. {'. '.join(faults)}. Bring back an "
            "undamaged copy of these files, or restore another backup."
        )


def _fault(path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return "is not there"
    if (found := hash_file(path)) != sha256:
        return f"has changed (expected SHA-256 {sha256}, found {found})"
    return None
