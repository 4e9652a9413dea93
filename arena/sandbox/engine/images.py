"""Which images the names mean."""

import asyncio
import re
from collections.abc import Mapping

from aiodocker import Docker

from arena.sandbox.engine.connection import CALL_TIMEOUT_S, engine_call
from arena.sandbox.study import InfrastructureFailure
from arena.words.environments import (
    ENVIRONMENT_LABEL,
    ENVIRONMENT_PATTERN,
    FAMILY_LABEL,
    FAMILY_PATTERN,
    environment_name,
    find_image,
)


class EnvironmentMissing(InfrastructureFailure):
    """The engine has no image for an environment, or another than the one that is pinned."""


class FamilyMissing(InfrastructureFailure):
    """The engine has no image of a problem family."""


class Images:
    """The ids that images, environments and problem families had at the last look.

    Containers are made by id, so the record says what ran.
    """

    def __init__(self, docker: Docker) -> None:
        self._docker = docker
        self._ids: dict[str, str] = {}
        self._environments: dict[str, str] = {}
        self._families: dict[str, str] = {}

    @property
    def environments(self) -> Mapping[str, str]:
        """The id of the image of each environment, by name."""
        return self._environments

    @property
    def families(self) -> Mapping[str, str]:
        """The id of the image of each problem family but Bayesmark's own, by name."""
        return self._families

    async def find(self, name: str) -> str:
        """Return the id of an image, looked up when it is not known. Raises `InfrastructureFailure`."""
        if name not in self._ids:
            await self.look_up(name)
        return self._ids[name]

    async def look_up(self, *names: str) -> None:
        """Look up again what the names mean. Raises `InfrastructureFailure`."""
        with engine_call("look for the images"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                for name in names:
                    self._ids[name] = (await self._docker.images.inspect(name))["Id"]

    async def find_environment(self, environment: str) -> str:
        """Return the id of an environment's image, looked up when it is not known. Raises `InfrastructureFailure`."""
        if find_image(environment, self._environments) is None:
            await self.look_up_environments()
        found = find_image(environment, self._environments)
        if found is None:
            known = ", ".join(f"{each} ({image_id})" for each, image_id in sorted(self._environments.items()))
            raise EnvironmentMissing(
                f"Expected an image of the environment {environment} on the engine, which has "
                f"{known or 'none at all'}. Build it with 'arena images build {environment_name(environment)}', or "
                "pull it."
            )
        return found

    async def find_family(self, family: str) -> str:
        """Return the id of a problem family's image, looked up when it is not known. Raises `InfrastructureFailure`."""
        if family not in self._families:
            await self.look_up_families()
        if family not in self._families:
            raise FamilyMissing(
                f"Expected an image of the problem family {family} on the engine, which has "
                f"{', '.join(sorted(self._families)) or 'none at all'}. Build it with 'arena images build "
                f"family-{family}', or load it, if it is the organizer's own."
            )
        return self._families[family]

    async def look_up_environments(self) -> None:
        """Look again which environments there are. Raises `InfrastructureFailure`."""
        named = await self._look_up_labelled(ENVIRONMENT_LABEL)
        self._environments = {
            name: image_id
            for name, image_id in named.items()
            if "@" not in name and re.fullmatch(ENVIRONMENT_PATTERN, name)
        }

    async def look_up_families(self) -> None:
        """Look again which problem families there are. Raises `InfrastructureFailure`."""
        named = await self._look_up_labelled(FAMILY_LABEL)
        self._families = {name: image_id for name, image_id in named.items() if re.fullmatch(FAMILY_PATTERN, name)}

    async def _look_up_labelled(self, label: str) -> dict[str, str]:
        """Return the ids of the images with a label, by its value; of two with one value, the newer counts.

        An image that is being built has no tag yet, and neither has one that another has replaced: both are left out.
        """
        with engine_call("look for the images"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                found = await self._docker.images.list(filters={"label": [label], "dangling": ["false"]})
        by_age = sorted(found, key=lambda image: image["Created"])
        return {image["Labels"][label]: image["Id"] for image in by_age}
