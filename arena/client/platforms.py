"""The platforms that somebody is logged in to: a file of the user's own, with an address and a token for each name."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from arena.failure import Failure
from arena.json_file import read_json

FILE_NAME = "platforms.json"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True)
class SavedPlatform:
    """Where a platform is, and the token that says there who you are."""

    url: str
    token: str


@dataclass(frozen=True)
class SavedPlatforms:
    """All of them by name; `current` is the one that commands use unless they are told another."""

    current: str | None
    platforms: dict[str, SavedPlatform]

    def choose(self, name: str | None) -> SavedPlatform | None:
        """Return the platform of this name, or without one the current; None if there is none at all."""
        if name is None:
            return self.platforms.get(self.current) if self.current is not None else None
        if name not in self.platforms:
            known = ", ".join(self.platforms) or "none"
            raise Failure(f"Expected a platform of 'arena login' ({known}), got '{name}'; see 'arena platforms'.")
        return self.platforms[name]


def platforms_path() -> Path:
    """Return the file in the user's configuration folder."""
    return platformdirs.user_config_path("arena") / FILE_NAME


def read_platforms() -> SavedPlatforms:
    """Return what is saved."""
    path = platforms_path()
    if not path.exists():
        return SavedPlatforms(None, {})
    found = read_json(path)
    try:
        platforms = {name: SavedPlatform(**each) for name, each in found["platforms"].items()}
        return SavedPlatforms(found["current"], platforms)
    except (KeyError, TypeError, AttributeError) as error:
        raise Failure(f"Expected what 'arena login' writes in {path}, got something else; remove the file.") from error


def save_platform(name: str, platform: SavedPlatform) -> None:
    """Add a platform or replace it, and make it the current one."""
    _write(SavedPlatforms(name, read_platforms().platforms | {name: platform}))


def forget_platform(name: str) -> None:
    """Remove a platform and its token; if it was the current one, none is."""
    saved = read_platforms()
    saved.choose(name)
    others = {each: platform for each, platform in saved.platforms.items() if each != name}
    _write(SavedPlatforms(None if saved.current == name else saved.current, others))


def _write(saved: SavedPlatforms) -> None:
    """Write the file whole or not at all; nobody else may read it, at no time."""
    path = platforms_path()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w") as file:  # noqa: PTH123 - of a descriptor
            json.dump(asdict(saved), file, indent=1)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Failure(f"Could not write {path}: {error}.") from error
