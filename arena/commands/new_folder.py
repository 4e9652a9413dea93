"""Writing a folder to start from, as `arena new` and `arena problem new` do."""

from collections.abc import Mapping
from pathlib import Path

from arena.failure import Failure
from arena.terminal import console, plain, remark, show_json

README = "README.md"


def read_texts(folder: Path) -> dict[str, str]:
    """Return the texts of a folder's files by name."""
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}


def write_folder(folder: Path, contents: Mapping[str, str], *, following: str, as_json: bool) -> None:
    """Write files by name to a new or empty folder, say which they are, and which command follows. Raises Failure."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"Expected a new or empty folder, but {folder} is not empty; choose another name.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_text(content)
    except OSError as error:
        raise Failure(f"Could not write {folder}: {error}.") from error
    if as_json:
        show_json({"folder": str(folder), "files": list(contents)})
        return
    for name in contents:
        console.print(plain(f"{folder / name}"))
    remark(f"Next: {following} {folder}")
