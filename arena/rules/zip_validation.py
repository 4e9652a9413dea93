"""Which zips are accepted: checks on the bytes, which trust nothing that the zip says about itself."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from arena.words.limits import ZIP_FILES_LIMIT, Limits
from arena.words.sizes import size_text

CHUNK_BYTES = 256 * 1024
PART_BYTES, NAME_BYTES = 255, 1024
"""How long a name may be on common file systems: each part of it, and the whole."""
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""With other methods, a header can ask for gigabytes of memory."""
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
END_SIGNATURE, COMMENT_BYTES = b"PK\5\6", 65_535
ZIP64_SIGNATURE, ZIP64_LOCATOR_BYTES = b"PK\6\7", 20
DIRECTORY_BYTES_A_FILE = 512
"""How much of a zip's directory a file may take on average: 46 bytes, its name, and what some programs add."""
OPTIMIZER = "optimizer.py"
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class InvalidZip(Exception):
    """The zip is not accepted; the text says why."""


@dataclass(frozen=True)
class ZipLimits:
    """How much a zip may hold; a phase may set other limits than these."""

    packed_bytes: int = Limits().zip_limit_bytes
    unpacked_bytes: int = Limits().unpacked_limit_bytes
    files: int = ZIP_FILES_LIMIT


def check_zip(content: bytes | BinaryIO, limits: ZipLimits) -> None:
    """Check that a team's zip may be stored; a file is read piece by piece, wherever it stands.

    Raises InvalidZip with the reason. Sizes are counted while unpacking, because a header may lie.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    if file.seek(0, io.SEEK_END) > limits.packed_bytes:
        raise InvalidZip(say_too_large(limits.packed_bytes))
    _check_directory_size(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise InvalidZip(f"The upload is not a zip that can be read: {error}.") from error


def _check_directory_size(file: BinaryIO, limits: ZipLimits) -> None:
    """Check how much the zip module would read at once: a million names in 50 MiB take ten times as much memory."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - COMMENT_BYTES - END_OF_DIRECTORY.size))
    tail = file.read()
    at = len(tail) - END_OF_DIRECTORY.size  # where it is without a comment; the zip module, too, looks there first
    if not (tail[at:].startswith(END_SIGNATURE) and tail.endswith(b"\0\0")):
        at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END_OF_DIRECTORY.size:
        return  # the zip module says what is wrong
    if tail[max(0, at - ZIP64_LOCATOR_BYTES) : at].startswith(ZIP64_SIGNATURE):
        raise InvalidZip("The zip has the ZIP64 format, which is for larger ones and more files than are accepted.")
    directory_bytes = END_OF_DIRECTORY.unpack_from(tail, at)[5]
    if directory_bytes > limits.files * DIRECTORY_BYTES_A_FILE:
        raise InvalidZip(f"The zip has more than {limits.files:,} files, or very long names.")


def say_too_large(packed_bytes: int) -> str:
    """Return why a zip of more than these bytes is not taken."""
    return f"The zip is larger than {size_text(packed_bytes)}; leave out what it does not need."


def _check_members(archive: zipfile.ZipFile, limits: ZipLimits) -> None:
    members = archive.infolist()
    if len(members) > limits.files:
        raise InvalidZip(f"The zip has more than {limits.files:,} files.")
    for member in members:
        _check_name(member)
    _check_tree(members)
    room = limits.unpacked_bytes
    for member in members:
        if not member.is_dir():
            room = _check_content(archive, member, room, limits)


def _check_tree(members: Sequence[zipfile.ZipInfo]) -> None:
    """Check that no two names collide on any file system, and that optimizer.py is at the top."""
    files = [PurePosixPath(member.orig_filename) for member in members if not member.is_dir()]
    folders = [PurePosixPath(member.orig_filename) for member in members if member.is_dir()]
    for path, times in Counter(files).items() | Counter(folders).items():
        if times > 1:
            raise InvalidZip(f"{str(path)!r} is there twice.")
    above = {parent for path in [*files, *folders] for parent in path.parents} | set(folders)
    if both := above & set(files):
        raise InvalidZip(f"{str(min(both))!r} is a file and a folder.")
    folded: dict[str, PurePosixPath] = {}
    for path in sorted(above | set(files)):
        if (other := folded.setdefault(str(path).casefold(), path)) != path:
            raise InvalidZip(f"{str(path)!r} and {str(other)!r} are the same but for upper and lower case.")
    if PurePosixPath(OPTIMIZER) not in files:
        nested = find_nested(str(path) for path in files)
        raise InvalidZip(f"The zip has no optimizer.py at its top level{nested and f'; {nested}'}.")


def find_nested(names: Iterable[str]) -> str:
    """Return where an optimizer.py lies that should lie at the top, and what to do; empty if there is none."""
    paths = sorted((PurePosixPath(name) for name in names), key=lambda path: (len(path.parts), path))
    nested = [path for path in paths if path.name == OPTIMIZER]
    return f"found {nested[0]}: zip the contents of {nested[0].parent}" if nested else ""


def _check_name(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    path = PurePosixPath(name)
    if member.flag_bits & ENCRYPTED_FLAG:
        raise InvalidZip(f"{name!r} is encrypted.")
    if not name.isascii() and not member.flag_bits & UTF8_FLAG:
        raise InvalidZip(f"{name!r} is not marked as UTF-8.")
    if member.compress_type not in COMPRESSIONS:
        raise InvalidZip(f"{name!r} is compressed by another method than deflate.")
    if CONTROLS.search(name):
        raise InvalidZip(f"{name!r} has a control character.")
    if len(name.encode()) > NAME_BYTES or any(len(part.encode()) > PART_BYTES for part in path.parts):
        raise InvalidZip(f"{name[:80]!r}... is longer than {NAME_BYTES} bytes, or a part of it than {PART_BYTES}.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise InvalidZip(f"{name!r} is a link or another special file.")
    if path.is_absolute() or "\\" in name or (len(name) > 1 and name[1] == ":"):
        raise InvalidZip(f"{name!r} is not a relative path with forward slashes.")
    if not path.parts or ".." in path.parts:
        raise InvalidZip(f"{name!r} leads out of the zip.")


def _check_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int, limits: ZipLimits) -> int:
    with archive.open(member) as file:
        while chunk := file.read(CHUNK_BYTES):
            room -= len(chunk)
            if room < 0:
                raise InvalidZip(f"Unpacked, the zip is larger than {size_text(limits.unpacked_bytes)}.")
    return room
