"""Containers of one owner: starting, inspecting and removing them, and finding those that nobody owns any more."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from arena.sandbox.container_config import OWNER_LABEL, ROLE_LABEL, ContainerConfig
from arena.sandbox.engine.connection import (
    CALL_TIMEOUT_S,
    CONFLICT,
    ENGINE_ERRORS,
    NOT_FOUND,
    connect_docker,
    engine_call,
)
from arena.sandbox.engine.container import BLACKBOX_LINE_LIMIT_BYTES, Container
from arena.sandbox.engine.death import Death, find_cause_of_death
from arena.sandbox.engine.images import Images
from arena.sandbox.engine.machine import Machine, describe_machine
from arena.sandbox.engine.stream import ContainerStream, StreamEnded
from arena.sandbox.engine.usage import CONTROL_GROUPS, read_usage
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure
from arena.words.execution import Usage

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def connect_engine(settings: SandboxSettings) -> AsyncIterator["Engine"]:
    """The engine of these settings, connected on first use."""
    async with connect_docker(settings.engine_url) as docker:
        yield Engine(docker, settings)


class NameTaken(InfrastructureFailure):
    """Another container on the engine has this name."""


class Engine:
    """Every container carries its owner's label; who started it removes it, or else the owner's next start."""

    def __init__(self, docker: Docker, settings: SandboxSettings, control_groups: Path = CONTROL_GROUPS) -> None:
        self.docker = docker
        self.images = Images(docker)
        self.settings = settings
        self._control_groups = control_groups
        self._group = "/"
        self._owned: set[str] = set()
        self._orphans: set[str] = set()

    async def start(self, config: ContainerConfig, name: str | None = None) -> Container:
        """Start a container and wait until it is ready. Raises `InfrastructureFailure`, leaving nothing.

        With a name that another container has, that is `NameTaken`.
        """
        image_id = await self.images.find(config["Image"])
        container_id = await self._create(config | {"Image": image_id}, name)
        try:
            with engine_call("start a container"):
                async with asyncio.timeout(self.settings.start_timeout_s):
                    stream = await self._start_created(container_id)
                    return Container(container_id, image_id, config, stream)
        except BaseException:
            await self.remove(container_id)
            raise

    async def _create(self, config: ContainerConfig, name: str | None) -> str:
        """Create a container; a creation is never abandoned halfway, because nobody would own what comes of it."""
        creation = asyncio.ensure_future(self._create_now(config, name or _new_name(config)))
        try:
            return await asyncio.shield(creation)
        except asyncio.CancelledError:
            await self.remove(await creation)
            raise

    async def _create_now(self, config: ContainerConfig, name: str) -> str:
        with engine_call("create a container"):
            try:
                async with asyncio.timeout(CALL_TIMEOUT_S):
                    container = await self.docker.containers.create(config, name=name)
            except DockerError as error:
                if error.status == CONFLICT:
                    raise NameTaken(name) from error
                raise
        self._owned.add(container.id)
        return container.id

    async def _start_created(self, container_id: str) -> ContainerStream:
        handle = self.docker.containers.container(container_id)
        stream = ContainerStream(handle.attach(stdin=True, stdout=True, stderr=True))
        try:
            await stream.open()
            await handle.start()
            await stream.receive_line(BLACKBOX_LINE_LIMIT_BYTES)  # its first line: the imports are done
        except BaseException as error:
            await stream.close()
            if isinstance(error, StreamEnded):
                raise InfrastructureFailure(f"a container ended while starting: {stream.stderr_tail}") from error
            raise
        return stream

    async def read_usage(self, container: Container, timeout_s: float) -> Usage:
        """Return what a running container has used so far, or nothing if that takes too long. Never raises."""
        return await read_usage(self.docker, container.id, self._control_groups, self._group, timeout_s)

    async def find_cause_of_death(self, container: Container) -> Death:
        """Ask why this container's streams ended. Raises `InfrastructureFailure`."""
        return await find_cause_of_death(self.docker, self.settings.engine_url, container.id)

    async def is_running(self, container: Container) -> bool:
        """Tell whether a prepared container is still what it was. Raises `InfrastructureFailure`."""
        with engine_call("inspect a prepared container"):
            try:
                async with asyncio.timeout(CALL_TIMEOUT_S):
                    state = (await self.docker.containers.container(container.id).show())["State"]
            except DockerError as error:
                if error.status == NOT_FOUND:
                    return False
                raise
        return bool(state["Running"])

    async def describe_machine(self) -> Machine:
        """Return where the engine runs, with how much memory. Raises `InfrastructureFailure`."""
        machine = await describe_machine(self.docker)
        self._group = machine.node_group
        return machine

    async def name_container(self, container_id: str, name: str) -> None:
        """Rename a container that was prepared before its work was known; for the operator's eyes only."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self.docker.containers.container(container_id).rename(name)
        except ENGINE_ERRORS as error:
            if isinstance(error, DockerError) and error.status == NOT_FOUND:  # its study was over sooner
                return
            log.warning("container not renamed", container=container_id, name=name, error=repr(error))

    async def discard(self, container: Container) -> None:
        """Kill and remove a container, whatever it is doing."""
        await container.stream.close()  # first, because the engine waits until somebody has read what was written
        await self.remove(container.id)

    async def remove(self, container_id: str) -> None:
        """Kill and remove by id; a container that is gone already is fine, and one that stays is logged."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self.docker.containers.container(container_id).delete(force=True, v=True)
        except ENGINE_ERRORS as error:
            if isinstance(error, DockerError) and error.status in {NOT_FOUND, CONFLICT}:  # gone, or being removed
                return
            # Not raised: it is an orphan now, which a later check removes, and no study's result depends on it.
            log.warning("container not removed", container=container_id, error=repr(error))
        finally:
            self._owned.discard(container_id)  # last, because what is being removed is no orphan

    async def remove_leftovers(self) -> int:
        """Remove what an earlier life of this owner left behind, and return how many containers that was."""
        found = await self._list_containers()
        for container_id in found:
            await self.remove(container_id)
        return len(found)

    async def remove_orphans(self) -> int:
        """Remove containers with this owner's label that nothing here knows, and return how many that was.

        They are removed when seen twice, because the first time one may be about to be owned.
        """
        found = await self._list_containers() - self._owned
        orphans, self._orphans = found & self._orphans, found
        for container_id in orphans:
            log.warning("orphan removed", container=container_id)
            await self.remove(container_id)
        return len(orphans)

    async def _list_containers(self) -> set[str]:
        with engine_call("list this owner's containers"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                label = f"{OWNER_LABEL}={self.settings.owner}"
                found = await self.docker.containers.list(all="true", filters=json.dumps({"label": [label]}))
        return {container.id for container in found}


def _new_name(config: ContainerConfig) -> str:
    return f"arena-{config['Labels'][ROLE_LABEL]}-{uuid.uuid4().hex}"
