"""Which images the names mean."""

import asyncio

from aiodocker import Docker

from arena.sandbox.engine.connection import CALL_TIMEOUT_S, engine_call


class Images:
    """The ids that images' names had at the last look. Containers are made by id, so the record says what ran."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker
        self._ids: dict[str, str] = {}

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
