"""Finds environments: ours by their definitions in this package, an organizer's own by its image on the engine."""

import json
from typing import Any

from packaging.utils import canonicalize_name

from arena.failure import Failure
from arena.images.definition import find_environments, find_release
from arena.images.docker import BuildFailed, docker
from arena.pack.environment import Environment
from arena.words.environments import ENVIRONMENT_LABEL

DESCRIBE = """
import importlib.metadata, json, platform, sys
packages = {each.name: each.version for each in reversed(list(importlib.metadata.distributions())) if each.name}
print(json.dumps({"python": sys.version_info[:2], "glibc": platform.libc_ver()[1], "packages": packages}))
"""
"""Of a package that is there twice, the first found is what Python imports."""


def find_environment(name: str, machine: str) -> Environment:
    """Return an environment. Raises Failure if it is not known here, and there is no image of it."""
    known = find_environments()
    if name in known:
        python_version, glibc_minor = find_release(known[name])
        return Environment(name, python_version, glibc_minor, machine, known[name].packages)
    image = None
    try:
        if image := find_image(name):
            run = ("run", "--rm", "--network", "none", "--entrypoint", "python", image)
            return _parse(name, machine, json.loads(docker(*run, "-c", DESCRIBE)))
    except (BuildFailed, ValueError) as error:
        if image:
            raise Failure(f"Expected the image of the environment {name} to say what it has, got: {error}") from error
    raise Failure(
        f"Expected an environment out of {', '.join(known)}, or one with an image on this machine's engine; got {name}."
    )


def find_image(name: str) -> str | None:
    """Return the id of the newest image of an environment on the engine. Raises BuildFailed if there is no engine."""
    filters = ("--filter", f"label={ENVIRONMENT_LABEL}={name}", "--filter", "dangling=false")  # no half-built image
    ids = docker("image", "ls", "--no-trunc", "--format", "{{ .ID }}", *filters).split()
    return ids[0] if ids else None


def _parse(name: str, machine: str, described: dict[str, Any]) -> Environment:
    packages: dict[str, str] = {canonicalize_name(each): version for each, version in described["packages"].items()}
    python_version = ".".join(map(str, described["python"]))
    return Environment(name, python_version, int(described["glibc"].split(".")[1]), machine, packages)
