"""Makes a folder into a zip: the same bytes for the same files, with the wheels that its requirements.txt asks for."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arena.failure import Failure

OPTIMIZER = "optimizer.py"
REQUIREMENTS, ORDER, WHEEL = "requirements.txt", "install_order.txt", ".whl"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
NESTED = ("*", "*/*")
"""How deep a folder that was named by mistake is searched for the optimizer; it may be somebody's home."""


@dataclass(frozen=True)
class PackedFolder:
    """A zip and what is in it: sizes in bytes by name; the wheels in the order in which they are installed."""

    content: bytes
    sizes: dict[str, int]
    wheels: list[str]


def pack_folder(folder: Path, machine: str | None = None) -> PackedFolder:
    """Return the zip of a folder, with wheels for `machine` or else for this one.

    Hidden files, caches and an earlier zip of the folder stay out.
    """
    if not (folder / OPTIMIZER).is_file():
        raise _no_optimizer(folder)
    files = {str(path.relative_to(folder).as_posix()): path for path in find_files(folder)}
    contents = {name: path.read_bytes() for name, path in files.items()}
    order = _add_wheels(contents, files, machine)
    if order:
        contents[ORDER] = "".join(f"{name}\n" for name in order).encode()
    return PackedFolder(write_zip(contents), {name: len(contents[name]) for name in sorted(contents)}, order)


def _no_optimizer(folder: Path) -> Failure:
    from arena.rules.zip_validation import find_nested  # noqa: PLC0415 - only now, for the sake of a quick start

    near = (path.relative_to(folder).as_posix() for depth in NESTED for path in folder.glob(f"{depth}/{OPTIMIZER}"))
    cure = find_nested(near) or "'arena new' makes one"
    return Failure(f"Expected a zip, or a folder with {OPTIMIZER} at its top level, got {folder}; {cure}.")


def find_files(folder: Path) -> list[Path]:
    """Return the files of a folder that belong in its zip."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        if hidden or path.suffix == ".pyc" or str(name) == f"{folder.resolve().name}.zip":
            continue
        if path.is_symlink() and path.is_dir():
            raise Failure(f"Expected files and folders, got {path}, a link to a folder; copy what it leads to.")
        if path.is_file():
            found.append(path)
    return found


def write_zip(contents: dict[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on nothing but names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(contents):
            member = zipfile.ZipInfo(name, FIXED_TIME)
            member.create_system, member.external_attr = 3, PLAIN_FILE  # or they tell on which system it was made
            packed_already = name.endswith(WHEEL)
            member.compress_type = zipfile.ZIP_STORED if packed_already else zipfile.ZIP_DEFLATED
            archive.writestr(member, contents[name])
    return buffer.getvalue()


def _add_wheels(contents: dict[str, bytes], files: Mapping[str, Path], machine: str | None) -> list[str]:
    """Add the wheels that are required and not there; returns the order in which all of them are installed."""
    own = {name: path for name, path in files.items() if name.endswith(WHEEL) and "/" not in name}
    requirements = files.get(REQUIREMENTS)
    required = requirements is not None and any(
        line.strip() and not line.strip().startswith("#") for line in requirements.read_text().splitlines()
    )
    if not own and not required:
        return _read_order(contents[ORDER], {}) if ORDER in contents else []
    from arena.pack.needs import check_needs  # noqa: PLC0415 - most have none, and start faster without both
    from arena.pack.wheels import (  # noqa: PLC0415
        check_wheel_names,
        download_wheels,
        image_packages,
        order_wheels,
        this_machine,
    )

    check_wheel_names(own)
    if requirements is not None and required:
        contents |= download_wheels(requirements, own, machine or this_machine())
    wheels = {name: content for name, content in contents.items() if name.endswith(WHEEL) and "/" not in name}
    check_needs(wheels, image_packages())
    return _read_order(contents[ORDER], wheels) if ORDER in contents else order_wheels(wheels)


def _read_order(text: bytes, wheels: dict[str, bytes]) -> list[str]:
    """The folder's own order, if it is complete."""
    lines = [line.strip() for line in text.decode().splitlines()]
    order = [line for line in lines if line and not line.startswith("#")]
    if sorted(order) != sorted(wheels):
        raise Failure(
            f"{ORDER}: expected each wheel once ({', '.join(sorted(wheels)) or 'there is none'}), got "
            f"{', '.join(order) or 'nothing'}; remove the file, and a right one is written into the zip."
        )
    return order
