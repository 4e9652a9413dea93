"""An optimizer as a zip: read from a file, or packed from a folder."""

from pathlib import Path


def read_zip(path: Path) -> tuple[str, bytes]:
    """Return the file name and content of a zip; a folder is packed."""
    if path.is_file():
        return path.name, path.read_bytes()
    from arena.pack.folder import pack_folder  # noqa: PLC0415 - a zip, which most submit, starts faster without it

    return f"{path.resolve().name}.zip", pack_folder(path).content
