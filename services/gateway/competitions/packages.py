"""The packages in the images of a study, read from the lock files from which they are built."""

from functools import cache

from arena.api.competitions import Packages
from arena.package_data import IMAGES


@cache
def list_packages() -> Packages:
    """Return every package and version in the two images of a study."""
    return Packages(optimizer=_read_pins("small"), blackbox=_read_pins("blackbox"))


def _read_pins(image: str) -> dict[str, str]:
    lines = (IMAGES / image / "requirements.lock").read_text().splitlines()
    pins = (line.split()[0].split("==") for line in lines if "==" in line and line[0].isalnum())
    return {name: version for name, version, *_ in pins}
