"""Whether the platform would take a zip."""

from pathlib import Path

from arena.rules.arena_toml import read_environment
from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip


def find_refusal(path: Path, limits: ZipLimits) -> str | None:
    """Return why a platform with these limits would not take a zip; None if it would."""
    try:
        with path.open("rb") as file:
            check_zip(file, limits)
            read_environment(file)
            read_environment(file)
    except InvalidZip as invalid:
        return str(invalid)
    return None
