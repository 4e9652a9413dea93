"""Finds what a zip brings to be installed, wheels and sources, and in which order."""

import zipfile
from pathlib import Path, PurePosixPath

ORDER = "install_order.txt"
WHEEL = ".whl"
SOURCES = (".tar.gz", ".tgz", ".tar.bz2", ".zip")
"""What pip makes of a release without a wheel and of a git repository, and so what 2020's kit put into a zip."""
BUILT_BY = {("setup.py",), ("pyproject.toml",)}


class BadOrder(Exception):
    """install_order.txt names what cannot be installed; the message says what."""


class CannotInstall(Exception):
    """What the zip brings does not install; the message says why."""


def find_dependencies(folder: Path) -> tuple[list[Path], bool]:
    """Return the wheels and sources beside optimizer.py, and whether install_order.txt says in which order.

    Without it all of them count: wheels first, then those archives that are sources, and not data.
    """
    order = folder / ORDER
    if not order.is_file():
        archives = [path for path in sorted(folder.iterdir()) if path.name.endswith(SOURCES)]
        return sorted(folder.glob(f"*{WHEEL}")) + [path for path in archives if is_source(path)], False
    lines = [line.strip() for line in order.read_text(errors="replace").splitlines()]
    named = [folder / line for line in lines if line and not line.startswith("#")]
    for path in named:
        if path.parent != folder or not path.name.endswith((WHEEL, *SOURCES)) or not path.is_file():
            raise BadOrder(
                f"{ORDER}: expected names of wheels and source archives ({', '.join((WHEEL, *SOURCES))}) that lie "
                f"beside optimizer.py, got {path.name!r}; correct the line, or add the file."
            )
    return named, True


def is_source(path: Path) -> bool:
    """Return whether an archive holds one folder with what setuptools builds from, and so is no data."""
    try:
        names = [PurePosixPath(name).parts for name in _list_names(path)]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return False
    return len({name[0] for name in names if name}) == 1 and any(name[1:] in BUILT_BY for name in names)


def _list_names(path: Path) -> list[str]:
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    import tarfile  # few zips bring any

    try:
        with tarfile.open(path) as archive:
            return archive.getnames()
    except tarfile.TarError as error:
        raise ValueError(f"expected a tar archive: {error}") from error
