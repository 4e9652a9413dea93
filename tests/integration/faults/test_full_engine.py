"""An engine whose disk is full: what it cannot start is an infrastructure failure, and with room it starts again."""

import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.sandbox.container_config import Cpu, claim_config
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure
from tests.chaos.platform.filesystem import MEBIBYTE, small_filesystem
from tests.support.sandbox.own_engine import own_engine

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a filesystem needs root")
IMAGE = "shell-and-cat:local"
PROGRAMS = {"bin/sh": "/bin/dash", "bin/cat": "/bin/cat"}


def libraries() -> Iterator[str]:
    """Yield what the programs need, as the image has it under the same path."""
    for program in PROGRAMS.values():
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        yield from (word for line in told.splitlines() for word in line.split() if word.startswith("/"))


def write_image(path: Path) -> Path:
    """Write a small image with a shell and `cat`, which is all that a claim of a CPU needs."""
    files = PROGRAMS | {library.lstrip("/"): library for library in libraries()}
    with tarfile.open(path, "w", dereference=True) as image:
        for name, file in files.items():
            image.add(Path(file).resolve(), name)
    return path


async def test_a_container_that_a_full_disk_does_not_let_start_is_an_infrastructure_failure(tmp_path: Path) -> None:
    image = write_image(tmp_path / "image.tar")
    with small_filesystem(256 * MEBIBYTE) as filesystem, own_engine(filesystem.folder) as own:
        own.do("import", str(image), IMAGE)
        settings = SandboxSettings("runner-of-a-full-engine", engine_url=own.url, blackbox_image=IMAGE)
        async with connect_engine(settings) as engine:
            await engine.discard(await engine.start(claim_config(settings, Cpu(0))))
            filesystem.fill()

            with pytest.raises(InfrastructureFailure, match="no space left on device"):
                await engine.start(claim_config(settings, Cpu(0)))

            filesystem.free()
            await engine.discard(await engine.start(claim_config(settings, Cpu(0))))
        assert own.do("ps", "--all", "--quiet") == ""
