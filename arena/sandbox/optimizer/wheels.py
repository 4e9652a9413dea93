"""Installs the wheels a zip brings, offline, in the order its `install_order.txt` states."""

import subprocess
import sys
from pathlib import Path


class BadWheels(Exception):
    """The wheels do not install; the message says why."""


def order_wheels(folder: Path) -> list[Path]:
    """The wheels beside optimizer.py: in the order of install_order.txt where there is one, else by name."""
    order = folder / "install_order.txt"
    if not order.is_file():
        return sorted(folder.glob("*.whl"))
    names = [line.strip() for line in order.read_text().splitlines() if line.strip() and not line.startswith("#")]
    wheels = [folder / name for name in names]
    for wheel in wheels:
        if wheel.parent != folder or wheel.suffix != ".whl" or not wheel.is_file():
            raise BadWheels(f"install_order.txt: expected names of wheels in the zip, got {wheel.name!r}")
    return wheels


def install_wheels(wheels: list[Path], target: Path) -> None:
    """Install into `target` without a network and without dependencies: a zip brings all that the image lacks."""
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-compile", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--quiet", "--target", str(target), *map(str, wheels)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - inside the sandbox
    if done.returncode != 0:
        raise BadWheels(f"the wheels do not install: {done.stderr[-1500:]}")
