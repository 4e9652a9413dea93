"""What wheels need of each other and of the image, by their own metadata."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from email.parser import BytesHeaderParser

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from arena.failure import Failure

PYTHON_VERSION = "3.11"
IMAGE_ENVIRONMENT = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_system": "Linux",
    "platform_python_implementation": "CPython",
    "python_full_version": f"{PYTHON_VERSION}.0",
    "python_version": PYTHON_VERSION,
    "sys_platform": "linux",
    "extra": "",
}
"""What a requirement's marker, such as `; python_version < "3.8"`, is judged by: the image, not this machine."""


def read_needs(name: str, wheel: bytes) -> list[Requirement]:
    """Return the requirements that a wheel's metadata names. Raises Failure if it is no wheel."""
    try:
        with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
            (metadata,) = [each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each)]
            headers = BytesHeaderParser().parsebytes(archive.read(metadata))
        return [Requirement(each) for each in headers.get_all("Requires-Dist", [])]
    except (zipfile.BadZipFile, ValueError) as error:
        raise Failure(
            f"Expected a wheel with one METADATA, got {name}: {error}; build or download it again."
        ) from error


def check_needs(wheels: Mapping[str, bytes], image: Mapping[str, str]) -> None:
    """Check that the versions of wheels and of the image's packages are what the wheels need.

    Raises Failure with every contradiction. What is missing altogether is no contradiction: it may not be needed.
    """
    if found := list(_find_contradictions(wheels, image)):
        raise Failure(
            "Expected wheels that go together, and with the image's packages, got a contradiction:\n"
            + "\n".join(f"    {each}" for each in found)
            + "\nPut a version that fits beside optimizer.py, or name it in requirements.txt."
        )


def _find_contradictions(wheels: Mapping[str, bytes], image: Mapping[str, str]) -> Iterator[str]:
    brought = {
        package: (str(version), name) for name in wheels for package, version, *_ in [parse_wheel_filename(name)]
    }
    for name, wheel in wheels.items():
        for need in read_needs(name, wheel):
            package = canonicalize_name(need.name)
            if need.marker is not None and not need.marker.evaluate({**IMAGE_ENVIRONMENT}):
                continue
            version, file = brought.get(package, (image.get(package), None))
            if version is not None and not need.specifier.contains(version, prereleases=True):
                there = f"{file} is in the zip" if file else f"the image has {package} {version}"
                yield f"{name} needs {need.name}{need.specifier}, but {there}"
