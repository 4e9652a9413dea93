"""Which images the names mean."""

import asyncio
import re
from collections.abc import Mapping

from aiodocker import Docker

from arena.sandbox.engine.connection import CALL_TIMEOUT_S, engine_call
from arena.sandbox.study import InfrastructureFailure
from arena.words.environments import ENVIRONMENT_LABEL, ENVIRONMENT_PATTERN, environment_name, find_image


class EnvironmentMissing(InfrastructureFailure):
    """The engine has no image for an environment, or another than the one that is pinned."""


class Images:
    """The ids that images and environments had at the last look.

    Containers are made by id, so the record says what ran.
    """

    def __init__(self, docker: Docker) -> None:
        self._docker = docker
        self._ids: dict[str, str] = {}
        self._environments: dict[str, str] = {}

    @property
    def environments(self) -> Mapping[str, str]:
        """The id of the image of each environment, by name."""
        return self._environments

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

    async def look_up_environments(self) -> None:
        """Look again which environments there are; of two images of one name, the newer counts.

        An image that is being built has no tag yet, and neither has one that another has replaced: both are left out.
        Raises `InfrastructureFailure`.
        """
        with engine_call("look for the environments"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                found = await self._docker.images.list(filters={"label": [ENVIRONMENT_LABEL], "dangling": ["false"]})
        by_age = sorted(found, key=lambda image: image["Created"])
        named = [(image["Labels"][ENVIRONMENT_LABEL], image["Id"]) for image in by_age]
        self._environments = {
            name: image_id for name, image_id in named if "@" not in name and re.fullmatch(ENVIRONMENT_PATTERN, name)
        }
