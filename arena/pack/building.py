"""Builds, in an environment's image, the wheels of what has none: source distributions, and code of git repositories.

The image has no compilers, so a container of another one is used, which is the same with them. It is on the network of
this machine, so that indexes and proxies on loopback can be reached.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arena.failure import Failure
from arena.images.docker import BuildFailed, docker
from arena.pack.environment import MACHINES, Environment
from arena.pack.known_environments import find_image
from arena.pack.stand_ins import kept_packages, write_stand_in
from arena.pack.wording import explain_build
from arena.terminal import remark
from arena.words.environments import ENVIRONMENT_LABEL

DOCKERFILE = """FROM {image}
# No environment: runners pass it over.
LABEL {environment}= {built_on}={image}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential git python3-dev \\
    && rm -rf /var/lib/apt/lists/*
"""
BUILT_ON = "arena.built-on"
"""A label with the id of the environment's image."""
PLACE = "/pack"
BUILD_TIMEOUT_S = 3600
PASSED_ON = re.compile(r"PIP_(EXTRA_)?INDEX_URL|PIP_NO_INDEX|PIP_TRUSTED_HOST|PIP_RETRIES|PIP_(DEFAULT_)?TIMEOUT")
PROXIES = re.compile(r"(HTTP|HTTPS|ALL|NO)_PROXY", re.IGNORECASE)
FAILED_BUILD = re.compile(r"subprocess-exited-with-error|Failed to build|metadata-generation-failed")


@dataclass(frozen=True)
class Sources:
    """Requirements of which some have to be built, with the wheels and the other files beside them.

    `reason` says why, to somebody who has no container engine.
    """

    requirements: Path
    own: Mapping[str, Path]
    files: Mapping[str, Path]
    reason: str


def build_wheels(sources: Sources, environment: Environment, scratch: Path) -> dict[str, Path]:
    """Return the wheels of all that is required, by file name; those that exist are downloaded. Raises Failure."""
    try:
        return _build(_provide_image(sources, environment), sources, environment, scratch)
    except BuildFailed as error:  # nothing that the requirements are to blame for
        raise Failure(f"Expected wheels to be built in a container, the engine could not: {error}") from error


def _build(image: str, sources: Sources, environment: Environment, scratch: Path) -> dict[str, Path]:
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        _write_inputs(sources, environment, Path(name))
        with _container(image) as container:
            docker("cp", f"{name}/.", f"{container}:{PLACE}")
            remark(f"building wheels in the image of the environment {environment.name}")
            _run_pip(container, sources, environment)
            built = scratch / "built"
            docker("cp", f"{container}:{PLACE}/found/.", str(built))
    return {path.name: path for path in sorted(built.iterdir())}


def _provide_image(sources: Sources, environment: Environment) -> str:
    """Return the name of the environment's image with compilers, which is made unless it is there."""
    try:
        image = find_image(environment.name)
    except BuildFailed as error:
        raise Failure(
            f"{sources.reason.rstrip('.')}. Or let 'arena pack' build it, which takes a container engine with the "
            f"environment's image ('arena images build {environment.name}'): {_first_line(error)}"
        ) from error
    if image is None:
        raise Failure(
            f"{sources.reason.rstrip('.')}. Or let 'arena pack' build it, which takes the image of the environment "
            f"{environment.name}: make it with 'arena images build {environment.name}', and pack again."
        )
    found = docker("image", "inspect", "-f", "{{ .Architecture }}", image)
    if MACHINES.get(found, found) != environment.machine:
        raise Failure(
            f"{sources.requirements}: expected an image of {environment.name} for {environment.machine}, to build "
            f"wheels for that machine in it; the engine has one for {MACHINES.get(found, found)}. Pack on a machine of "
            "that kind."
        )
    tag = f"arena-{environment.name}-build:local"
    with tempfile.TemporaryDirectory() as context:
        (Path(context) / "Dockerfile").write_text(
            DOCKERFILE.format(image=image, built_on=BUILT_ON, environment=ENVIRONMENT_LABEL)
        )
        if docker("image", "ls", "--quiet", "--filter", f"label={BUILT_ON}={image}", tag):
            return tag
        remark(f"making {tag}, the environment's image with compilers; this is needed once")
        try:
            docker("build", "--tag", tag, context)
        except BuildFailed as error:
            raise Failure(f"Expected {tag} to be made, with compilers from Debian, it was not: {error}") from error
    return tag


def _first_line(error: BuildFailed) -> str:
    return str(error).partition("\n")[0]


def _write_inputs(sources: Sources, environment: Environment, folder: Path) -> None:
    """Write what goes into the container: the optimizer's folder, and stand-ins for the environment's packages.

    A constraint names the file of a stand-in. Found in a folder, it would also be chosen for builds, where it is none.
    """
    for name, path in sources.files.items():
        target = folder / "folder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (folder / "image").mkdir()
    (folder / "found").mkdir()
    kept = kept_packages(environment.packages, sources.requirements.read_text(), sources.own)
    stand_ins = {name: write_stand_in(folder / "image", name, version)[1] for name, version in kept.items()}
    lines = [f"{name} @ file://{PLACE}/image/{file}\n" for name, file in stand_ins.items()]
    (folder / "constraints.txt").write_text("".join(lines))


@contextmanager
def _container(image: str) -> Iterator[str]:
    """Start a container in which nothing runs yet, and remove it in the end."""
    named = [name for name in os.environ if PASSED_ON.fullmatch(name) or PROXIES.fullmatch(name)]
    variables = [part for name in sorted(named) for part in ("--env", name)]
    idle = ("--entrypoint", "sleep", image, str(BUILD_TIMEOUT_S))
    container = docker("run", "--detach", "--rm", "--init", "--network", "host", *variables, *idle)
    try:
        docker("exec", container, "mkdir", PLACE)
        yield container
    finally:
        docker("rm", "--force", container)


def _run_pip(container: str, sources: Sources, environment: Environment) -> None:
    """Let pip build and download wheels. What fails to build by itself is built with the environment's packages.

    Many a setup.py imports NumPy without saying so.
    """
    pip = ("exec", "--workdir", f"{PLACE}/folder", container, "python", "-m", "pip", "wheel", "--no-input")
    wanted = ("--requirement", sources.requirements.name, *(f"./{name}" for name in sources.own))
    options = ("--wheel-dir", f"{PLACE}/found", "--constraint", f"{PLACE}/constraints.txt", *wanted)
    try:
        docker(*pip, *options, timeout_s=BUILD_TIMEOUT_S)
    except BuildFailed as error:
        output = str(error)
    else:
        return
    if FAILED_BUILD.search(output):
        try:
            docker(*pip, "--no-build-isolation", *options, timeout_s=BUILD_TIMEOUT_S)
        except BuildFailed as error:
            output = str(error)
        else:
            return
    raise Failure(explain_build(sources.requirements, output, environment))
