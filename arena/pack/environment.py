"""An environment as packing sees it: which wheels fit it, and which packages it has already."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from arena.failure import Failure

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True)
class Environment:
    """The Python, the machine and the packages (version by name) of an environment."""

    name: str
    python_version: str
    glibc_minor: int
    machine: str
    packages: Mapping[str, str]

    def __str__(self) -> str:
        return f"CPython {self.python_version} on Linux {self.machine} with glibc up to 2.{self.glibc_minor}"

    @property
    def abi(self) -> str:
        """Return the tag of CPython's binary interface."""
        return f"cp{self.python_version.replace('.', '')}"

    @property
    def platforms(self) -> list[str]:
        """Return the platform tags that fit, the newest first."""
        newest_first = [f"manylinux_2_{minor}_{self.machine}" for minor in range(self.glibc_minor, 4, -1)]
        return [*newest_first, f"manylinux2014_{self.machine}", f"linux_{self.machine}"]

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """Return the tags of all wheels that can be installed."""
        version = [int(part) for part in self.python_version.split(".")]
        legacy = [f"manylinux{year}_{self.machine}" for year in (2010, 1)]
        platforms = [*self.platforms, *legacy]
        own = cpython_tags(version, [self.abi], platforms)
        return frozenset([*own, *compatible_tags(version, f"cp{self.abi[2:]}", platforms)])

    @property
    def markers(self) -> dict[str, str]:
        """Return what a requirement's marker, such as `; python_version < "3.8"`, is judged by."""
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_system": "Linux",
            "platform_python_implementation": "CPython",
            "python_full_version": f"{self.python_version}.0",
            "python_version": self.python_version,
            "sys_platform": "linux",
            "extra": "",
        }

    def check_tags(self, names: list[str]) -> None:
        """Raise Failure if a wheel is for another Python or machine."""
        for name in names:
            if self.tags.isdisjoint(parse_wheel_filename(name)[3]):
                fitting = f"{self.abi}-{self.abi}-{self.platforms[0]}"
                raise Failure(
                    f"Expected wheels for the environment {self.name}, {self}, such as *-{fitting}.whl or "
                    f"*-py3-none-any.whl; got {name}. Bring one that fits, or name the package in requirements.txt."
                )


def this_machine() -> str:
    """Return this machine's architecture, as wheels name it."""
    machine = platform.machine()
    return MACHINES.get(machine.lower(), machine)
