"""The Debian that every image is built on: pulled, or made here where no registry answers."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from arena.images.docker import BuildFailed, docker, run, run_as_root

DEBIAN = "debian:bookworm-slim"
SUITE = "bookworm"
PULL_TIMEOUT_S = 30


def provide_debian(report: Callable[[str], None]) -> None:
    """Give the engine a Debian: a registry's if one answers, else the one it has, else one made here."""
    try:
        docker("pull", "--quiet", DEBIAN, timeout_s=PULL_TIMEOUT_S)
    except BuildFailed:
        if not docker("image", "ls", "--quiet", DEBIAN):
            report("no registry answers: making the Debian base with mmdebstrap")
            _make_debian()


def _make_debian() -> None:
    if shutil.which("mmdebstrap") is None:
        if shutil.which("apt-get") is None:
            raise BuildFailed(
                f"Expected a registry that has {DEBIAN}, or mmdebstrap, found neither; "
                f"load {DEBIAN} into the engine ('docker load') and run this again."
            )
        run_as_root("apt-get", "update", "-qq")
        quietly = "DEBIAN_FRONTEND=noninteractive"
        run_as_root("env", quietly, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "mmdebstrap")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "debian.tar"
        run("mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", SUITE, os.fspath(archive))
        docker("import", os.fspath(archive), DEBIAN)
