"""Makes a folder into a zip: the same bytes for the same files, with the wheels that its requirements.txt asks for."""

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from arena.failure import Failure
from arena.words.environments import DEFAULT_ENVIRONMENT

if TYPE_CHECKING:
    from arena.pack.environment import Environment

OPTIMIZER = "optimizer.py"
REQUIREMENTS, ORDER, ARENA_TOML = "requirements.txt", "install_order.txt", "arena.toml"
WHEEL, SOURCES = ".whl", (".tar.gz", ".tgz", ".tar.bz2", ".zip")
"""Endings of what `install_order.txt` may name; the sandbox builds sources of plain Python."""
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
NESTED = ("*", "*/*")
"""How deep a folder that was named by mistake is searched for the optimizer; it may be somebody's home."""

Contents = dict[str, Path | bytes]
"""What goes into a zip by its name there: a file, or bytes."""


@dataclass(frozen=True)
class PackedFolder:
    """What is in a zip: sizes in bytes by name; what is installed, in that order; the environment that it names."""

    sizes: dict[str, int]
    wheels: list[str]
    environment: str | None


def pack_folder(
    folder: Path, target: Path, *, machine: str | None = None, environment: str | None = None
) -> PackedFolder:
    """Write the zip of a folder, with wheels for an environment and a machine: for the default and this one if unnamed.

    Hidden files, caches and an earlier zip of the folder stay out. An environment that is named here goes into the zip.
    """
    if not (folder / OPTIMIZER).is_file():
        raise _no_optimizer(folder)
    files = {str(path.relative_to(folder).as_posix()): path for path in find_files(folder)}
    contents: Contents = dict(files)
    stated = _read_environment(files[ARENA_TOML]) if ARENA_TOML in files else None
    if environment is not None and environment != stated:
        contents[ARENA_TOML] = f'environment = "{environment}"\n'.encode()
    with tempfile.TemporaryDirectory() as scratch:
        sought = _Target(environment or stated or DEFAULT_ENVIRONMENT, machine, Path(scratch))
        order = _add_wheels(contents, files, sought)
        if order:
            contents[ORDER] = "".join(f"{name}\n" for name in order).encode()
        write_zip(contents, target)
        return PackedFolder({name: _size(contents[name]) for name in sorted(contents)}, order, environment or stated)


def _no_optimizer(folder: Path) -> Failure:
    from arena.rules.zip_validation import find_nested  # noqa: PLC0415 - only now, for the sake of a quick start

    near = (path.relative_to(folder).as_posix() for depth in NESTED for path in folder.glob(f"{depth}/{OPTIMIZER}"))
    cure = find_nested(near) or "'arena new' makes one"
    return Failure(f"Expected a zip, or a folder with {OPTIMIZER} at its top level, got {folder}; {cure}.")


def _read_environment(path: Path) -> str | None:
    from arena.rules.arena_toml import parse_environment  # noqa: PLC0415 - most folders have none
    from arena.rules.zip_validation import InvalidZip  # noqa: PLC0415

    try:
        return parse_environment(path.read_bytes())
    except InvalidZip as invalid:
        raise Failure(f"{path}: {invalid}") from invalid


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


def write_zip(contents: Mapping[str, Path | bytes], target: Path) -> None:
    """Write a zip whose bytes depend on nothing but names and contents; of a file, one chunk is in memory at a time."""
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(contents):
            content = contents[name]
            member = zipfile.ZipInfo(name, FIXED_TIME)
            member.create_system, member.external_attr = 3, PLAIN_FILE  # or they tell on which system it was made
            packed_already = name.endswith((WHEEL, *SOURCES))
            member.compress_type = zipfile.ZIP_STORED if packed_already else zipfile.ZIP_DEFLATED
            member.file_size = _size(content)
            if isinstance(content, bytes):
                archive.writestr(member, content)
                continue
            with content.open("rb") as source, archive.open(member, "w") as sink:
                shutil.copyfileobj(source, sink)


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


@dataclass(frozen=True)
class _Target:
    """For which environment and machine wheels are sought, and where they are put."""

    environment: str
    machine: str | None
    scratch: Path

    def find_environment(self) -> "Environment":
        from arena.pack.environment import this_machine  # noqa: PLC0415 - most need none
        from arena.pack.known_environments import find_environment  # noqa: PLC0415

        name = self.environment.partition("@")[0]  # a digest says which image of that name, and no more
        return find_environment(name, self.machine or this_machine())


def _add_wheels(contents: Contents, files: Mapping[str, Path], target: _Target) -> list[str]:
    """Add the wheels that are required and not there; returns the order in which all is installed."""
    own = {name: path for name, path in files.items() if name.endswith(WHEEL) and "/" not in name}
    requirements = files.get(REQUIREMENTS)
    required = requirements is not None and any(
        line.strip() and not line.strip().startswith("#") for line in requirements.read_text().splitlines()
    )
    archives = {name: path for name, path in files.items() if name.endswith(SOURCES) and "/" not in name}
    if not own and not required and ORDER not in files:
        return []
    from arena.pack.install_order import choose_order, complete_order  # noqa: PLC0415 - most need none, and start faster
    from arena.pack.needs import check_needs  # noqa: PLC0415
    from arena.pack.wheels import check_wheel_names, find_wheels  # noqa: PLC0415
    from arena.sandbox.optimizer.dependencies import is_source  # noqa: PLC0415

    if not own and not required:
        return complete_order(files[ORDER].read_text(), own, {}, archives)
    environment = target.find_environment()
    check_wheel_names(own)
    wheels = dict(own)
    if requirements is not None and required:
        wheels |= find_wheels(requirements, own, files, environment, target.scratch)
    environment.check_tags(sorted(wheels))
    check_needs(wheels, environment)
    contents |= wheels
    if ORDER in files:
        return complete_order(files[ORDER].read_text(), own, wheels, archives, environment.packages)
    return choose_order(wheels, [name for name, path in archives.items() if is_source(path)])
