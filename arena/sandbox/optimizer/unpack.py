"""Unpacks a submission's zip, trusting nothing in it: neither names nor the sizes its header claims."""

import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

CHUNK_BYTES = 1024 * 1024
FILES_LIMIT = 2000
"""That of `arena.words.limits`, which is not there in the container; a test holds them together."""


class BadZip(Exception):
    """The zip was refused; the message says what was expected and what came."""


def receive(source: BinaryIO, size_bytes: int, path: Path) -> None:
    """Write so many bytes of `source` to a new file, a chunk at a time."""
    with path.open("xb") as file:
        while size_bytes and (chunk := source.read(min(size_bytes, CHUNK_BYTES))):
            size_bytes -= file.write(chunk)


def unpack(path: Path, folder: Path, limit_bytes: int) -> None:
    """Write the zip's files below `folder`, which exists and is empty.

    Raises `BadZip` for what is not a plain zip of plain files with distinct relative names, with `optimizer.py` at
    the top, or is larger than `limit_bytes` unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_members(members)
            left = limit_bytes
            for member in members:
                left -= _extract(archive, member, folder / member.filename, left)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise BadZip(f"expected a zip, got one that does not unpack: {error}") from error
    except RuntimeError as error:  # what zipfile raises for an encrypted member
        raise BadZip(f"expected a zip without encryption: {error}") from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > FILES_LIMIT:
        raise BadZip(f"expected at most {FILES_LIMIT} files, got {len(members)}")
    seen: set[PurePosixPath] = set()
    for member in members:
        name = PurePosixPath(member.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in member.filename or not name.parts:
            raise BadZip(f"expected relative names, got {member.filename!r}")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise BadZip(f"expected plain files, got a link or special file {member.filename!r}")
        if name in seen:
            raise BadZip(f"expected distinct names, got {member.filename!r} twice")
        seen.add(name)
    if PurePosixPath("optimizer.py") not in seen:
        raise BadZip("expected optimizer.py at the top level of the zip, found none")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write one member in chunks and return its size in bytes; stops at the first byte beyond `left`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(member) as source, path.open("xb") as target:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > left:
                raise BadZip("expected a smaller zip: unpacked it exceeds the limit")
            target.write(chunk)
    return size
