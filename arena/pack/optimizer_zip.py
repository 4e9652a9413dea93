"""An optimizer as a zip: a file that is one, or a folder that is packed."""

import atexit
import shutil
import tempfile
from pathlib import Path


def read_zip(path: Path, environment: str | None = None) -> tuple[str, Path]:
    """Return the name and the file of a zip. A folder is packed, into a file that is gone when this process ends."""
    if path.is_file():
        return path.name, path
    from arena.pack.folder import pack_folder  # noqa: PLC0415 - a zip, which most submit, starts faster without it

    scratch = Path(tempfile.mkdtemp(prefix="arena-pack-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    name = f"{path.resolve().name}.zip"
    pack_folder(path, scratch / name, environment=environment)
    return name, scratch / name
