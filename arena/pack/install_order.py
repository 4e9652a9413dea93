"""The order in which a zip's wheels and sources are installed."""

from collections.abc import Collection, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from arena.failure import Failure
from arena.pack.needs import order_wheels
from arena.sandbox.optimizer.dependencies import WHEEL


def choose_order(wheels: Mapping[str, Path], sources: Collection[str]) -> list[str]:
    """Return the names of wheels, each after those it needs, and then of sources whose packages are not among them."""
    brought = set(map(package_of, wheels))
    return order_wheels(wheels) + [name for name in sorted(sources) if package_of(name) not in brought]


def complete_order(
    order: str,
    own: Collection[str],
    wheels: Mapping[str, Path],
    sources: Collection[str],
    installed: Collection[str] = (),
) -> list[str]:
    """Return the order that a folder states in its install_order.txt, of what is there now.

    It may name what the kit of 2020 would have downloaded: where a package is a wheel now, that stands in its place,
    and what the environment has `installed` already is passed over. Wheels that were found for requirements and that
    it does not name come first. Raises Failure for a line that names nothing, and for one of the folder's `own` wheels
    that it leaves out.
    """
    there = {package_of(name): name for name in [*sources, *wheels]}
    lines = [line.strip() for line in order.splitlines()]
    stated = [line for line in lines if line and not line.startswith("#")]
    needed = [line for line in stated if package_of(line) in there or package_of(line) not in installed]
    chosen = [there[package] for package in map(package_of, needed) if package in there]
    if len(set(chosen)) != len(needed) or not set(own) <= set(chosen):
        raise Failure(
            f"install_order.txt: expected each wheel once ({', '.join(sorted(wheels)) or 'there is none'}), got "
            f"{', '.join(stated) or 'nothing'}; remove the file, and a right one is written into the zip."
        )
    return [name for name in order_wheels(wheels) if name not in chosen] + chosen


def package_of(name: str) -> str:
    """Return the package of a wheel or of sources, by the name of the file."""
    if name.endswith(WHEEL):
        return canonicalize_name(name.partition("-")[0])
    return canonicalize_name(name.rpartition("-")[0] or name)
