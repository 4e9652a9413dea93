"""The packages in the images of a study, read from the lists with which they are built."""

from functools import cache

from arena.api.competitions import EnvironmentPackages, Packages
from arena.images.definition import find_environments, find_release, installed_definitions


@cache
def list_packages() -> Packages:
    """Return every package and version in the environments and in the black-box image."""
    return Packages(
        environments={
            name: EnvironmentPackages(python=find_release(definition)[0], packages=definition.packages)
            for name, definition in find_environments().items()
        },
        blackbox=installed_definitions()["blackbox"].packages,
    )
