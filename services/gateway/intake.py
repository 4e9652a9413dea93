"""What makes a zip a submission: pure checks on its bytes, which trust nothing that the zip says of itself."""

import io
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

CHUNK_BYTES = 256 * 1024


class Refused(Exception):
    """The zip is not taken; the text says why."""


@dataclass(frozen=True)
class ZipLimits:
    """How much a zip may hold."""

    packed_bytes: int
    unpacked_bytes: int
    files: int


def check_zip(content: bytes, limits: ZipLimits) -> None:
    """Return if a team's zip may be stored; raises Refused with the reason.

    Sizes are counted while unpacking, because a header may lie.
    """
    if len(content) > limits.packed_bytes:
        raise Refused(f"The zip is larger than {limits.packed_bytes} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Refused(f"The upload is not a zip that can be read: {error}.") from error


def _check_members(archive: zipfile.ZipFile, limits: ZipLimits) -> None:
    members = archive.infolist()
    if len(members) > limits.files:
        raise Refused(f"The zip has more than {limits.files} files.")
    seen: set[str] = set()
    for member in members:
        _check_name(member, seen)
    if "optimizer.py" not in seen:
        raise Refused("The zip has no optimizer.py at its top level.")
    room = limits.unpacked_bytes
    for member in members:
        if not member.is_dir():
            room = _check_content(archive, member, room, limits)


def _check_name(member: zipfile.ZipInfo, seen: set[str]) -> None:
    name = member.orig_filename
    path = PurePosixPath(name)
    if member.flag_bits & 0x1:
        raise Refused(f"{name!r} is encrypted.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Refused(f"{name!r} is a link or another special file.")
    if path.is_absolute() or "\\" in name or "\0" in name or (len(name) > 1 and name[1] == ":"):
        raise Refused(f"{name!r} is not a relative path with forward slashes.")
    if not path.parts or ".." in path.parts:
        raise Refused(f"{name!r} leads out of the zip.")
    if str(path) in seen:
        raise Refused(f"{name!r} is there twice.")
    for parent in list(path.parents)[:-1]:
        if str(parent) in seen and f"{parent}/" not in seen:
            raise Refused(f"{str(parent)!r} is a file and a folder.")
    seen.add(str(path))
    if member.is_dir():
        seen.add(f"{path}/")


def _check_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int, limits: ZipLimits) -> int:
    with archive.open(member) as file:
        while chunk := file.read(CHUNK_BYTES):
            room -= len(chunk)
            if room < 0:
                raise Refused(f"Unpacked, the zip is larger than {limits.unpacked_bytes} bytes.")
    return room
