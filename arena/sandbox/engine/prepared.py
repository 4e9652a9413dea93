"""Containers that are started ahead of need."""

import asyncio
import contextvars

import structlog

from arena.sandbox.container_config import CPU_LABEL, ContainerConfig
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.study import InfrastructureFailure

log = structlog.get_logger()

Starting = asyncio.Task[Container | InfrastructureFailure]
"""The start of a container; its failure is raised when the container is needed."""

CONFIGURATIONS_KEPT = 2
"""Phases and environments in use at the same time that each find a container prepared; each costs memory."""


class Starter:
    """Starts and discards containers while something else goes on, in the tasks of their owner.

    What it logs is the owner's: it belongs to no study, as a container is started for one that nobody knows yet.
    """

    def __init__(self, engine: Engine, tasks: asyncio.TaskGroup) -> None:
        self._engine = engine
        self._tasks = tasks
        self._owner = contextvars.copy_context()

    def begin_start(self, config: ContainerConfig) -> Starting:
        """Start a container ahead of need."""
        return self._tasks.create_task(self._start(config), context=self._owner.copy())

    def begin_discard(self, container: Container) -> None:
        """Kill and remove a container."""
        self._tasks.create_task(self._engine.discard(container), context=self._owner.copy())

    def end(self, starting: Starting) -> None:
        """Remove what is being started, or was."""
        if not starting.done():
            starting.cancel()  # which removes what it has started
        elif not starting.cancelled() and isinstance(container := starting.result(), Container):
            self.begin_discard(container)

    async def _start(self, config: ContainerConfig) -> Container | InfrastructureFailure:
        try:
            return await self._engine.start(config)
        except InfrastructureFailure as failure:
            cpu = config["Labels"][CPU_LABEL]
            log.warning("container not started", image=config["Image"], cpu=cpu, error=str(failure))
            return failure


class PreparedContainers:
    """The next container of each of the last few configurations needed. What is taken is never given again."""

    def __init__(self, engine: Engine, starter: Starter) -> None:
        self._engine = engine
        self._starter = starter
        self._starting: list[tuple[ContainerConfig, Starting]] = []

    def prepare(self, config: ContainerConfig) -> None:
        """Start the next container of a configuration, and end that of the one that was needed longest ago."""
        self._starting.append((config, self._starter.begin_start(config)))
        while len(self._starting) > CONFIGURATIONS_KEPT:
            self._starter.end(self._starting.pop(0)[1])

    async def take(self, config: ContainerConfig) -> Container:
        """Return the prepared container if there is one and it lives, else a new one; prepare the next.

        Raises `InfrastructureFailure`.
        """
        container = await self._take_prepared(config) or await self._engine.start(config)
        self.prepare(config)
        return container

    async def wait(self) -> list[Container | InfrastructureFailure]:
        """Wait until all are started, or could not be; the last to be needed is the last."""
        return list(await asyncio.gather(*(asyncio.shield(starting) for _, starting in self._starting)))

    def end(self) -> None:
        """Remove all of them."""
        for _, starting in self._starting:
            self._starter.end(starting)

    async def _take_prepared(self, config: ContainerConfig) -> Container | None:
        for entry in self._starting:
            if entry[0] == config:
                container = await asyncio.shield(entry[1])
                lives = isinstance(container, Container) and await self._engine.is_running(container)
                self._starting.remove(entry)
                if lives and isinstance(container, Container):
                    return container
                self._starter.end(entry[1])
                break
        return None
