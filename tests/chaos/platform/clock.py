"""A clock that can be set, for one process or container: libfaketime's, which leaves the monotonic clocks alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

from tests.chaos.platform.servers import DATABASE_FOLDER

LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
HOUR_S, DAY_S = 3600, 24 * 3600


@dataclass(frozen=True)
class SettableClock:
    """What is started with this environment reads the time from a file, again for every look at its clock.

    `folder` is where the files are, and `seen_as` where who is started sees it, if that is in a container.
    """

    folder: Path
    seen_as: Path

    @classmethod
    def make(cls, folder: Path, seen_as: Path | None = None) -> "SettableClock":
        """Return a clock that goes right, with its files in a new folder."""
        if LIBRARY is None:
            raise FileNotFoundError("expected Debian's package libfaketime; run: bash deploy/packages.sh libfaketime")
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        copy(LIBRARY, folder)
        clock = cls(folder, seen_as or folder)
        clock.set_by(0)
        return clock

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what to start a process with."""
        return {
            "LD_PRELOAD": str(self.seen_as / "libfaketimeMT.so.1"),
            "FAKETIME_TIMESTAMP_FILE": str(self.seen_as / "offset"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def set_by(self, seconds: float) -> None:
        """Let it be so much ahead of the true time from now on."""
        new = self.folder / "new"
        new.write_text(f"{seconds:+f}\n")
        new.chmod(0o644)
        new.replace(self.folder / "offset")


def database_clock(data: Path) -> SettableClock:
    """Return a clock for a Postgres with its data in this folder."""
    return SettableClock.make(data / "clock", Path(DATABASE_FOLDER) / "clock")
