"""The wheels that a requirements.txt asks for, chosen for an environment and not for this machine.

pip on this machine finds those that exist, without any container engine. What has to be built first is built by pip in
the environment's image. Here, pip judges environment markers (`; sys_platform == ...`) by the Python it runs on, so
this is right on Linux.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from arena.failure import Failure
from arena.pack.building import Sources, build_wheels
from arena.pack.environment import Environment
from arena.pack.stand_ins import is_stand_in, kept_packages, write_stand_in
from arena.pack.wording import MISSING, explain_failure

PIP_TIMEOUT_S = 600
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
VERSION_CONTROL = re.compile(r"\b(git|hg|svn|bzr)\+\w+:")
EDITABLE = re.compile(r"(-e|--editable)\b")
SOURCE_ARCHIVE = re.compile(r"\S+\.(tar\.gz|tgz|tar\.bz2|tar\.xz|zip)$")


class NeedsBuild(Exception):
    """Something that is required has no wheel that fits; the text is what it would take without a container engine."""


def check_wheel_names(names: Iterable[str]) -> None:
    """Raise Failure unless these are names of wheels, each of another package."""
    packages: dict[str, str] = {}
    for name in names:
        try:
            package = parse_wheel_filename(name)[0]
        except InvalidWheelFilename as error:
            raise Failure(f"Expected wheels with the names they were built with, got {name}: {error}.") from error
        if (other := packages.setdefault(package, name)) != name:
            raise Failure(f"Expected one wheel of {package}, got {other} and {name}; remove one.")


def find_wheels(
    requirements: Path, own: Mapping[str, Path], files: Mapping[str, Path], environment: Environment, scratch: Path
) -> dict[str, Path]:
    """Return the wheels, by file name, that the environment and the folder's `own` wheels lack of what is required.

    The environment's packages take part as stand-ins. A requirement that asks for another version takes the package out
    of the environment. `files` are those of the requirements' folder, which may be sources; wheels come into `scratch`.
    """
    try:
        found = _download(requirements, own, environment, scratch)
    except NeedsBuild as reason:
        found = build_wheels(Sources(requirements, own, files, str(reason)), environment, scratch)
    return {name: path for name, path in found.items() if name not in own and not is_stand_in(name)}


def source_requirements(text: str) -> list[str]:
    """Return the requirements whose code has to be built: of a version control system, an archive, a folder."""
    lines = [re.split(r"(?:^|\s)#", line)[0].strip() for line in text.splitlines()]
    return [line for line in lines if VERSION_CONTROL.search(line) or EDITABLE.match(line) or _is_source(line)]


def _is_source(line: str) -> bool:
    if SOURCE_ARCHIVE.fullmatch(line):  # a file, though its name could be a package's
        return True
    try:
        url = Requirement(line).url
    except InvalidRequirement:  # an option, a comment or a path
        return line.startswith(".")
    return url is not None and not urlsplit(url).path.endswith(".whl")


def _download(requirements: Path, own: Mapping[str, Path], environment: Environment, scratch: Path) -> dict[str, Path]:
    """Return the wheels that pip chooses and downloads. Raises NeedsBuild where there are none, Failure otherwise."""
    text = requirements.read_text()
    if sources := source_requirements(text):
        raise NeedsBuild(
            f"{requirements}: expected requirements that have wheels, got {', '.join(sources)}, which must be built "
            f"first. Build the wheel yourself (pip wheel --no-deps '{sources[0]}'), put it beside optimizer.py, and "
            "replace the line by the packages that it needs, if any."
        )
    constraints = []
    for name, version in kept_packages(environment.packages, text, own).items():
        constraints.append(f"{name}=={write_stand_in(scratch, name, version)[0]}")
    (scratch / "constraints.txt").write_text("\n".join(constraints))
    found = scratch / "found"
    found.mkdir()
    output = _run_pip(requirements, own, environment, scratch)
    if output is not None:
        said = explain_failure(requirements, output, environment)
        raise NeedsBuild(said) if MISSING.search(output) and "has one, build the wheel" in said else Failure(said)
    paths = {path.name: path for path in sorted(found.iterdir())}
    if archives := [name for name in paths if not name.endswith(".whl")]:
        raise NeedsBuild(f"{requirements}: expected requirements that have wheels, got {', '.join(archives)}.")
    return paths


def _run_pip(requirements: Path, own: Mapping[str, Path], environment: Environment, scratch: Path) -> str | None:
    """Let pip download wheels into `scratch`/found; returns what it wrote if it failed."""
    command = [sys.executable, "-m", "pip", "download", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", environment.python_version]
    command += ["--abi", environment.abi]
    for tag in environment.platforms:
        command += ["--platform", tag]
    command += ["--find-links", str(scratch), "--constraint", str(scratch / "constraints.txt")]
    command += ["--dest", str(scratch / "found"), "--requirement", str(requirements), *map(str, own.values())]
    variables = dict(os.environ)
    if SYSTEM_CERTIFICATES.exists():  # it has the host's extra certificate authorities, which pip's own bundle lacks
        variables.setdefault("PIP_CERT", str(SYSTEM_CERTIFICATES))
    try:
        done = subprocess.run(  # noqa: S603 - pip, with the participant's own requirements
            command, check=False, capture_output=True, text=True, env=variables, timeout=PIP_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(f"Expected pip to find the wheels within {PIP_TIMEOUT_S} s, it did not; try again.") from error
    return done.stdout + done.stderr if done.returncode else None
