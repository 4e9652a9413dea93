"""The wheels that a requirements.txt asks for, chosen by pip for the optimizer image and not for this machine.

pip judges environment markers (`; sys_platform == ...`) by the Python it runs on, so this is right on Linux.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from arena.failure import Failure
from arena.pack.needs import PYTHON_VERSION, read_needs
from arena.package_data import IMAGES

LOCK = IMAGES / "small" / "requirements.lock"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
ABI = "cp311"
GLIBC_MINOR = 36
"""The image is Debian 12, with glibc 2.36."""
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
STAND_IN = "image"
"""The local version of the empty wheels that stand for the image's packages while pip resolves."""
PIP_TIMEOUT_S = 600
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
ERROR_CHARS = 1500
VERSION_CONTROL = re.compile(r"\b(git|hg|svn|bzr)\+\w+:")
EDITABLE = re.compile(r"(-e|--editable)\b")


def this_machine() -> str:
    """Return this machine's architecture, as wheels name it."""
    machine = platform.machine()
    return MACHINES.get(machine.lower(), machine)


def image_packages() -> dict[str, str]:
    """Return the packages of the optimizer image: version by name."""
    return {canonicalize_name(name): version for name, version in LOCKED.findall(LOCK.read_text())}


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


def download_wheels(requirements: Path, own: Mapping[str, Path], machine: str) -> dict[str, bytes]:
    """Return the wheels, by file name, that the image and the folder's `own` wheels lack of what is required.

    The image's packages take part as empty wheels: pip resolves against their versions and downloads none of them. A
    requirement that asks for another version takes the package out of the image.
    """
    if sources := source_requirements(requirements.read_text()):
        raise Failure(explain_sources(requirements, sources))
    kept = kept_of_image(requirements, own)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        constraints = [_write_stand_in(folder, each, version) for each, version in kept.items()]
        (folder / "constraints.txt").write_text("\n".join(constraints))
        (folder / "found").mkdir()
        _run_pip(requirements, own, machine, folder)
        found = {path.name: path.read_bytes() for path in sorted((folder / "found").iterdir())}
    if sources := [name for name in found if not name.endswith(".whl")]:
        raise Failure(explain_sources(requirements, sources))
    return {each: content for each, content in found.items() if each not in own and not _is_stand_in(each)}


def source_requirements(text: str) -> list[str]:
    """Return the requirements whose code would have to be built: of a version control system, an archive, a folder."""
    lines = [re.split(r"(?:^|\s)#", line)[0].strip() for line in text.splitlines()]
    return [line for line in lines if VERSION_CONTROL.search(line) or EDITABLE.match(line) or _is_source_url(line)]


def _is_source_url(line: str) -> bool:
    try:
        url = Requirement(line).url
    except InvalidRequirement:  # an option, a path or a comment: pip's business
        return False
    return url is not None and not urlsplit(url).path.endswith(".whl")


def explain_sources(requirements: Path, sources: Sequence[str]) -> str:
    """Return why sources are refused, and how to bring them."""
    shown = ", ".join(sources)
    return (
        f"{requirements}: expected requirements that have wheels, got {shown}, which would have to be built first; "
        f"the sandbox builds nothing. Build the wheel yourself (pip wheel --no-deps '{sources[0]}'), put it beside "
        "optimizer.py, and replace the line by the packages that it needs, if any."
    )


def order_wheels(wheels: Mapping[str, bytes]) -> list[str]:
    """Return the names of wheels, each after those it depends on. Cycles do exist; they are cut by name."""
    by_package: dict[str, str] = {parse_wheel_filename(name)[0]: name for name in sorted(wheels)}
    order: dict[str, None] = {}
    seen: set[str] = set()

    def visit(package: str) -> None:
        if package in by_package and package not in seen:
            seen.add(package)
            # Whatever the requirements' conditions: too much order does no harm.
            needs = read_needs(by_package[package], wheels[by_package[package]])
            for needed in sorted(canonicalize_name(each.name) for each in needs):
                visit(needed)
            order[by_package[package]] = None

    for package in by_package:
        visit(package)
    return list(order)


def kept_of_image(requirements: Path, own: Mapping[str, Path]) -> dict[str, str]:
    """Return the image's packages that stay: all but those asked for in another version or brought by the folder."""
    kept = image_packages()
    for name in own:
        kept.pop(parse_wheel_filename(name)[0], None)
    for line in requirements.read_text().splitlines():
        try:
            asked = Requirement(line.split(" #")[0].strip())
        except InvalidRequirement:  # an option, a path or a comment: pip's business
            continue
        name = canonicalize_name(asked.name)
        if name in kept and (asked.url or not asked.specifier.contains(kept[name], prereleases=True)):
            del kept[name]
    return kept


def _write_stand_in(folder: Path, name: str, version: str) -> str:
    """Write an empty wheel of an image's package; returns the constraint that chooses it."""
    version += f".{STAND_IN}" if "+" in version else f"+{STAND_IN}"
    base = f"{name.replace('-', '_')}-{version}"
    with zipfile.ZipFile(folder / f"{base}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{base}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{base}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{base}.dist-info/RECORD", "")
    return f"{name}=={version}"


def _is_stand_in(name: str) -> bool:
    local = parse_wheel_filename(name)[1].local
    return local is not None and local.split(".")[-1] == STAND_IN


def _run_pip(requirements: Path, own: Mapping[str, Path], machine: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON_VERSION, "--abi", ABI]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC_MINOR, 4, -1)]
    for tag in [*tags, f"manylinux2014_{machine}", f"linux_{machine}"]:
        command += ["--platform", tag]
    command += ["--find-links", str(folder), "--constraint", str(folder / "constraints.txt")]
    command += ["--dest", str(folder / "found"), "--requirement", str(requirements), *map(str, own.values())]
    environment = dict(os.environ)
    if SYSTEM_CERTIFICATES.exists():  # it has the host's extra certificate authorities, which pip's own bundle lacks
        environment.setdefault("PIP_CERT", str(SYSTEM_CERTIFICATES))
    try:
        done = subprocess.run(  # noqa: S603 - pip, with the participant's own requirements
            command, check=False, capture_output=True, text=True, env=environment, timeout=PIP_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(f"Expected pip to find the wheels within {PIP_TIMEOUT_S} s, it did not; try again.") from error
    if done.returncode != 0:
        raise Failure(explain_failure(requirements, done.stdout + done.stderr, machine))


def explain_conflict(requirements: Path, lines: Sequence[str]) -> str:
    """Return what pip's lines about a conflict mean: what asks for which version, and what to do."""
    words = (
        (rf"The user requested \(constraint\) (\S+?)==(\S+)\+{STAND_IN}$", r"the image has \1 \2"),
        (r"The user requested .*\(from \S*?([^/\s]+\.whl)\)", r"\1 is beside optimizer.py"),
        (r"The user requested ", f"{requirements.name} asks for "),
        (r"^(\S+) (\S+) depends on ", r"\1 \2 needs "),
    )
    said = []
    for line in lines:
        text = line.strip()
        for pattern, meaning in words:
            text = re.sub(pattern, meaning, text)
        said.append(f"    {text}")
    cure = "Ask for versions that go together."
    if any("the image has " in each for each in said):
        cure += " To bundle another version of one of the image's packages, name it with that version in "
        cure += f"{requirements.name}."
    shown = "\n".join(dict.fromkeys(said))[:ERROR_CHARS]
    return f"{requirements}: expected requirements that go together, got a conflict:\n{shown}\n{cure}"


def explain_failure(requirements: Path, output: str, machine: str) -> str:
    """Return what pip's failure means: which requirement is at fault, and what to do."""
    if conflict := re.search(r"The conflict is caused by:\n(.+?)(?=\n\s*\n|\Z)", output, re.DOTALL):
        return explain_conflict(requirements, conflict[1].splitlines())
    if unreachable := re.search(r"after connection broken by '?(.+?)'?: /", output):
        return (
            f"{requirements}: expected to reach the package index, pip could not: {unreachable[1]}. Mend the "
            "connection (PIP_INDEX_URL names another index, HTTPS_PROXY a proxy), and pack again."
        )
    if missing := re.search(r"No matching distribution found for ([^\n]+)", output):
        return (
            f"{requirements}: expected a wheel of {missing[1].strip()} for CPython {PYTHON_VERSION} on Linux {machine} "
            f"with glibc up to 2.{GLIBC_MINOR}, pip found none. Ask for a version that has one, build the wheel "
            "yourself and put it beside optimizer.py, or, if it is plain Python, copy its modules there."
        )
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    said = "\n".join(errors)[-ERROR_CHARS:] or "(pip says nothing)"
    return (
        f"{requirements}: expected pip to download the wheels, it failed:\n{said}\n"
        "Mend the requirement that it names, or put a wheel of it beside optimizer.py."
    )
