"""The Debian that an image is built on: pulled, or made here where no registry answers."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from arena.images.docker import BuildFailed, docker, run, run_as_root

DEBIAN = re.compile(r"^FROM debian:([a-z]+)-slim$", re.MULTILINE)
RELEASES = {"bookworm": ("3.11", 36), "trixie": ("3.13", 41)}
"""The version of CPython, and the minor version of glibc 2, of each Debian."""
PULL_TIMEOUT_S = 30


def find_suite(dockerfile: str) -> str | None:
    """Return the Debian that an image is built on, such as bookworm; None if it is built on another image."""
    found = DEBIAN.search(dockerfile)
    return found[1] if found else None


def provide_debian(suite: str, report: Callable[[str], None]) -> None:
    """Give the engine a Debian: a registry's if one answers, else the one it has, else one made here."""
    image = f"debian:{suite}-slim"
    try:
        docker("pull", "--quiet", image, timeout_s=PULL_TIMEOUT_S)
    except BuildFailed:
        if not docker("image", "ls", "--quiet", image):
            report(f"no registry answers: making {image} with mmdebstrap")
            _make_debian(suite, image)


def _make_debian(suite: str, image: str) -> None:
    if shutil.which("mmdebstrap") is None:
        if shutil.which("apt-get") is None:
            raise BuildFailed(
                f"Expected a registry that has {image}, or mmdebstrap, found neither; "
                f"load {image} into the engine ('docker load') and run this again."
            )
        run_as_root("apt-get", "update", "-qq")
        quietly = "DEBIAN_FRONTEND=noninteractive"
        run_as_root("env", quietly, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "mmdebstrap")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "debian.tar"
        run("mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", suite, os.fspath(archive))
        docker("import", os.fspath(archive), image)
