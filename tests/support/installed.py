"""The two wheels, and environments outside the source tree in which they are installed."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.website.libraries import install_libraries
from tests.support.stack import ROOT

UV = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
LIMIT_S = 300


@dataclass(frozen=True)
class Installed:
    """An environment with a wheel in it, and a folder to work in; neither is in the source tree."""

    environment: Path
    folder: Path

    @property
    def site_packages(self) -> Path:
        (found,) = self.environment.glob("lib/python3.*/site-packages")
        return found

    def run(self, command: str, *arguments: str | Path, **variables: str) -> str:
        """Run a command of the environment, which must succeed; returns its output."""
        clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        done = subprocess.run(
            [self.environment / "bin" / command, *arguments],
            cwd=self.folder,
            env={**clean, **variables},
            capture_output=True,
            check=False,
            text=True,
            timeout=LIMIT_S,
        )
        assert done.returncode == 0, f"{command} {arguments}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout


@dataclass(frozen=True)
class Wheels:
    """What `make wheels` makes."""

    client: Path
    services: Path
    constraints: Path

    def install(self, folder: Path, python: str, *wheels: str) -> Installed:
        """Create an environment with these wheels and the versions of uv.lock."""
        environment = folder / "environment"
        uv("venv", "--python", python, environment)
        options = ("--find-links", self.client.parent, "--constraints", self.constraints)
        uv("pip", "install", "--python", environment / "bin" / "python", *options, *wheels)
        (folder / "work").mkdir()
        return Installed(environment, folder / "work")


def working_pythons() -> list[str]:
    """Return the Pythons of this machine that the client supports."""
    return [name for name in (f"python3.{minor}" for minor in (11, 12, 13)) if works(name)]


def works(python: str) -> bool:
    """Return whether a Python exists and starts."""
    return subprocess.run(["/usr/bin/env", python, "-c", ""], capture_output=True, check=False).returncode == 0


def uv(*arguments: str | Path) -> str:
    """Run uv; returns what it prints."""
    assert UV is not None, "expected uv beside the Python of the tests, found none; run 'make ready'"
    command = [UV, "--quiet", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def build_wheels(folder: Path) -> Wheels:
    """Build both wheels into a folder, as `make wheels` does."""
    install_libraries()
    for project in (".", "services"):
        uv("build", "--wheel", "--out-dir", folder, project)
    constraints = folder / "constraints.txt"
    constraints.write_text(
        uv("export", "--frozen", "--all-extras", "--all-groups", "--no-hashes", "--no-emit-project", "--no-emit-local")
    )
    (client,), (services,) = folder.glob("arena-*.whl"), folder.glob("arena_services-*.whl")
    return Wheels(client, services, constraints)
