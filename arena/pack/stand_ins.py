"""Empty wheels that stand for an environment's packages while pip resolves.

pip resolves against their versions and downloads none of these packages.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

STAND_IN = "image"
"""The last part of their local version."""


def kept_packages(packages: Mapping[str, str], requirements: str, own: Mapping[str, Path]) -> dict[str, str]:
    """Return the packages that stay: all but those asked for in another version or brought by the folder."""
    kept = dict(packages)
    for name in own:
        kept.pop(parse_wheel_filename(name)[0], None)
    for line in requirements.splitlines():
        try:
            asked = Requirement(line.split(" #")[0].strip())
        except InvalidRequirement:  # an option, a path or a comment: pip's business
            continue
        name = canonicalize_name(asked.name)
        if name in kept and (asked.url or not asked.specifier.contains(kept[name], prereleases=True)):
            del kept[name]
    return kept


def write_stand_in(folder: Path, name: str, version: str) -> tuple[str, str]:
    """Write the empty wheel of a package; returns its version, and its file's name."""
    version += f".{STAND_IN}" if "+" in version else f"+{STAND_IN}"
    base = f"{name.replace('-', '_')}-{version}"
    with zipfile.ZipFile(folder / f"{base}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{base}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{base}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{base}.dist-info/RECORD", "")
    return version, f"{base}-py3-none-any.whl"


def is_stand_in(name: str) -> bool:
    """Return whether a wheel of this name stands for a package of the environment."""
    local = parse_wheel_filename(name)[1].local
    return local is not None and local.split(".")[-1] == STAND_IN
