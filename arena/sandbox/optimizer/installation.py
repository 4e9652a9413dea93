"""Installs wheels and sources, offline, inside the sandbox; sources are built by the environment's own setuptools."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from dependencies import BUILT_BY, WHEEL, CannotInstall
from install_failures import explain_build, explain_tags, explain_version

UNFIT = re.compile(r"^ERROR: (\S+\.whl) is not a supported wheel", re.MULTILINE)
ERROR_CHARS = 1500


class Installation:
    """A folder that packages are installed into, without a network and without dependencies.

    A zip brings all that the environment lacks. Sources may need what was installed before them in order to be built.
    """

    def __init__(self, prefix: Path, scratch: Path) -> None:
        scheme = sysconfig.get_preferred_scheme("prefix")
        place = {"base": str(prefix), "platbase": str(prefix)}
        self.folder = Path(sysconfig.get_path("purelib", scheme, vars=place))
        self._prefix = prefix
        self._scratch = scratch

    def install(self, dependencies: Sequence[Path], ordered: bool) -> None:
        """Install in this order; sources without one are tried until no more can be built. Raises `CannotInstall`."""
        for is_wheel, group in groupby(dependencies, _is_wheel):
            if is_wheel:
                self._install_wheels(list(group))
            elif ordered:
                for archive in group:
                    self._install_wheels([self._build(archive)])
            else:
                self._install_sources(list(group))
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _install_sources(self, waiting: list[Path]) -> None:
        while waiting:
            failures: dict[Path, CannotInstall] = {}
            for archive in waiting:
                try:
                    self._install_wheels([self._build(archive)])
                except CannotInstall as failure:
                    failures[archive] = failure
            if len(failures) == len(waiting):
                raise failures[waiting[0]]
            waiting = list(failures)

    def _install_wheels(self, wheels: list[Path]) -> None:
        arguments = ["install", "--no-compile", "--no-warn-script-location", "--quiet", "--ignore-installed"]
        succeeded, output = self._run_pip(*arguments, "--prefix", str(self._prefix), *map(str, wheels))
        if succeeded:
            return
        if unfit := UNFIT.search(output):
            raise CannotInstall(explain_tags(unfit[1], _fitting_tags()))
        raise CannotInstall(f"expected wheels that install, pip says: {output[-ERROR_CHARS:]}")

    def _build(self, archive: Path) -> Path:
        """Return the wheel of a source archive. Raises `CannotInstall`."""
        place = self._scratch / archive.name
        shutil.rmtree(place, ignore_errors=True)  # of an earlier attempt
        try:
            shutil.unpack_archive(archive, place / "source")
        except (OSError, ValueError, EOFError, RuntimeError) as error:
            raise CannotInstall(
                f"{archive.name}: expected an archive of sources, it does not unpack: {error}"
            ) from error
        source = _find_root(place / "source")
        wheels = place / "wheels"
        arguments = ["wheel", "--no-build-isolation", "--use-pep517", "--wheel-dir", str(wheels), str(source)]
        succeeded, output = self._run_pip(*arguments)
        if not succeeded:
            raise CannotInstall(explain_build(archive.name, output, source))
        wheel = next(wheels.glob(f"*{WHEEL}"))
        if fault := explain_version(archive.name, wheel.name, source):
            raise CannotInstall(fault)
        return wheel

    def _run_pip(self, command: str, *arguments: str) -> tuple[bool, str]:
        """Return whether pip succeeded, and what it and the build wrote; of a failure, all of it goes to the log."""
        environment = os.environ | {"PYTHONPATH": str(self.folder), "TMPDIR": str(self._scratch)}
        self._scratch.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(  # noqa: S603 - inside the sandbox
            [sys.executable, "-m", "pip", command, "--no-index", "--no-deps", "--no-cache-dir", *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
        if done.returncode != 0:
            sys.stderr.write(done.stdout)
        return done.returncode == 0, done.stdout


def _is_wheel(path: Path) -> bool:
    return path.suffix == WHEEL


def _find_root(unpacked: Path) -> Path:
    """Return the folder to build: archives have one, in which all lies."""
    candidates = [unpacked, *(each for each in sorted(unpacked.iterdir()) if each.is_dir())]
    return next((each for each in candidates if any((each / name).is_file() for (name,) in BUILT_BY)), unpacked)


def _fitting_tags() -> list[str]:
    """Return the tags of wheels that fit this environment, the most specific first."""
    command = [sys.executable, "-m", "pip", "debug", "--verbose"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - inside the sandbox
    listed = done.stdout.partition("Compatible tags:")[2].splitlines()[1:]
    return [line.strip() for line in listed if line.strip()]
