"""Looks at the container engine directly, bypassing the code under test."""

import json

from aiodocker import Docker


class Watch:
    """Looks at the engine directly."""

    def __init__(self, docker: Docker, runner_id: str) -> None:
        self._docker = docker
        self._runner_id = runner_id

    async def find(self, role: str | None = None) -> set[str]:
        """Return the ids of the runner's containers, running or not."""
        labels = [f"arena.runner={self._runner_id}"] + ([f"arena.role={role}"] if role else [])
        found = await self._docker.containers.list(all="true", filters=json.dumps({"label": labels}))
        return {container.id for container in found}

    async def find_named(self, fragment: str) -> bool:
        """Return whether a container has this in its name."""
        return bool(await self._docker.containers.list(all="true", filters=json.dumps({"name": [fragment]})))

    async def image_id(self, name: str) -> str:
        """Return the id of the image with this name."""
        image_id: str = (await self._docker.images.inspect(name))["Id"]
        return image_id

    async def kill(self, container_id: str) -> None:
        """Kill a container from outside, as an operator or a machine in trouble might."""
        await self._docker.containers.container(container_id).kill()
