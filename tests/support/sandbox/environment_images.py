"""Images of environments that exist for one test: the label on an image that is there anyway."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiodocker import Docker
from aiodocker.exceptions import DockerError

from arena.sandbox.engine.connection import CONFLICT

SMALL = "arena-small:local"
EMPTY = "arena-base:local"
"""An image in which no harness starts."""


def new_environment() -> str:
    """Return a name that no other test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"


@asynccontextmanager
async def environment_image(
    name: str, base: str = SMALL, *, newer_than: str | None = None, is_tagged: bool = True
) -> AsyncIterator[str]:
    """Build an image of an environment and return its id; it is removed at the end."""
    async with Docker() as docker:
        after = (await docker.images.inspect(newer_than))["Created"] if newer_than else ""
        while True:  # the engine tells the age of images in seconds
            image_id = await _build(f"FROM {base}\nLABEL arena.environment={name} arena.test={uuid.uuid4()}\n")
            if is_tagged:
                await docker.images.tag(image_id, name, tag=str(uuid.uuid4()))
            if (await docker.images.inspect(image_id))["Created"][:19] > after[:19]:
                break
            await docker.images.delete(image_id, force=True)
        try:
            yield image_id
        finally:
            await _remove(docker, image_id)


async def _remove(docker: Docker, image_id: str) -> None:
    """Remove an image with the containers that were prepared of it, as soon as nobody tries it any more."""
    while True:
        for container in await docker.containers.list(all="true", filters=json.dumps({"ancestor": [image_id]})):
            await container.delete(force=True)
        try:
            await docker.images.delete(image_id, force=True)
        except DockerError as error:
            if error.status != CONFLICT:
                raise
        else:
            return


async def _build(dockerfile: str) -> str:
    build = await asyncio.create_subprocess_exec(
        *("docker", "build", "--quiet", "-"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await build.communicate(dockerfile.encode())
    assert build.returncode == 0
    return written.decode().strip()
