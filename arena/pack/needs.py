"""What wheels need of each other and of the image, by their own metadata."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from email.parser import BytesHeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from arena.failure import Failure
from arena.pack.environment import Environment


def read_needs(wheel: Path) -> list[Requirement]:
    """Return the requirements that a wheel's metadata names. Raises Failure if it is no wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            (metadata,) = [each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each)]
            headers = BytesHeaderParser().parsebytes(archive.read(metadata))
        return [Requirement(each) for each in headers.get_all("Requires-Dist", [])]
    except (zipfile.BadZipFile, ValueError) as error:
        raise Failure(
            f"Expected a wheel with one METADATA, got {wheel.name}: {error}; build or download it again."
        ) from error


def check_needs(wheels: Mapping[str, Path], environment: Environment) -> None:
    """Check that the versions of wheels and of the environment's packages are what the wheels need.

    Raises Failure with every contradiction. What is missing altogether is no contradiction: it may not be needed.
    """
    if found := list(_find_contradictions(wheels, environment)):
        raise Failure(
            "Expected wheels that go together, and with the image's packages, got a contradiction:\n"
            + "\n".join(f"    {each}" for each in found)
            + "\nPut a version that fits beside optimizer.py, or name it in requirements.txt."
        )


def _find_contradictions(wheels: Mapping[str, Path], environment: Environment) -> Iterator[str]:
    brought = {
        package: (str(version), name) for name in wheels for package, version, *_ in [parse_wheel_filename(name)]
    }
    for name, wheel in wheels.items():
        for need in read_needs(wheel):
            package = canonicalize_name(need.name)
            if need.marker is not None and not need.marker.evaluate({**environment.markers}):
                continue
            version, file = brought.get(package, (environment.packages.get(package), None))
            if version is not None and not need.specifier.contains(version, prereleases=True):
                there = f"{file} is in the zip" if file else f"the image has {package} {version}"
                yield f"{name} needs {need.name}{need.specifier}, but {there}"


def order_wheels(wheels: Mapping[str, Path]) -> list[str]:
    """Return the names of wheels, each after those it depends on. Cycles do exist; they are cut by name."""
    by_package: dict[str, str] = {parse_wheel_filename(name)[0]: name for name in sorted(wheels)}
    order: dict[str, None] = {}
    seen: set[str] = set()

    def visit(package: str) -> None:
        if package in by_package and package not in seen:
            seen.add(package)
            # Whatever the requirements' conditions: too much order does no harm.
            needs = read_needs(wheels[by_package[package]])
            for needed in sorted(canonicalize_name(each.name) for each in needs):
                visit(needed)
            order[by_package[package]] = None

    for package in by_package:
        visit(package)
    return list(order)
