"""A slot: one study at a time, between a warm black-box container and a fresh optimizer container."""

import asyncio
from collections.abc import Mapping
from types import TracebackType

import structlog

from arena.sandbox.container_config import ContainerConfig, Cpu, blackbox_config, optimizer_config
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.stream import Payload, StreamEnded, StreamFlooded
from arena.sandbox.protocol import Scores
from arena.sandbox.relay import Relay
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import BoxLosses, Fatal, InfrastructureFailure, RunningStudy, StudyOutcome, StudySpec
from arena.words.environments import DEFAULT_ENVIRONMENT, split_environment
from arena.words.limits import Limits

log = structlog.get_logger()


class Slot:
    """Room for one study at a time, pinned to one CPU.

    Between studies it owns one warm black-box container and one prepared optimizer container, or the tasks that start
    them. No optimizer container serves two studies, and a black-box container whose study did not end in an orderly
    way serves no other. After `__aexit__` nothing that it started is left.
    """

    def __init__(self, engine: Engine, self_test: SelfTest, settings: SandboxSettings, cpu: Cpu) -> None:
        self._engine = engine
        self._self_test = self_test
        self._settings = settings
        self._cpu = cpu
        self._blackbox_config = blackbox_config(settings, cpu)
        self._tasks = asyncio.TaskGroup()
        self._running: RunningStudy | None = None
        self._blackbox: asyncio.Task[Container | InfrastructureFailure]
        self._prepared: asyncio.Task[Container | InfrastructureFailure]

    async def __aenter__(self) -> "Slot":
        await self._tasks.__aenter__()
        self._blackbox = self._begin_start(self._blackbox_config)
        self._prepared = self._begin_start(optimizer_config(self._settings, Limits(), self._cpu))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for starting in (self._blackbox, self._prepared):
            if not starting.done():
                starting.cancel()  # which removes what it has started
            elif not starting.cancelled() and isinstance(container := starting.result(), Container):
                self._begin_discard(container)
        # Not told of the error that ends the slot: it would cancel the removals instead of waiting for them.
        await self._tasks.__aexit__(None, None, None)

    async def wait_warm(self) -> list[Container | InfrastructureFailure]:
        """Wait until the black-box container and the next optimizer's are started, or could not be; return both."""
        return list(await asyncio.gather(asyncio.shield(self._blackbox), asyncio.shield(self._prepared)))

    def running_study(self) -> RunningStudy | None:
        """The study that runs here, or ran last."""
        return self._running

    async def run_study(self, spec: StudySpec, zip_file: Payload, dataset_bytes: bytes = b"") -> StudyOutcome:
        """Run one study to its end; `dataset_bytes` is the CSV file of a black box on the organizer's own data set.

        A zip that is a file is streamed. Cancelled, it kills both containers at once.
        Raises `Fatal` when the team's code ends its submission, `InfrastructureFailure` when the platform failed.
        """
        blackbox = await self._take_blackbox()
        intact = False
        try:
            optimizer = await self._take_optimizer(spec)
            self._running = RunningStudy(spec, optimizer.stream)
            name = f"arena-optimizer-{spec.execution}-{spec.study}-{optimizer.id[:12]}"
            self._tasks.create_task(self._engine.name_container(optimizer.id, name))
            try:
                relay = Relay(self._engine, self._settings, blackbox, optimizer, spec)
                result = await relay.run(zip_file, dataset_bytes)
                intact = True
                return result
            except Fatal:
                intact = True
                raise
            finally:
                self._begin_discard(optimizer)
        finally:
            if not intact:
                self._replace_blackbox(blackbox)

    async def score(self, boxes: Mapping[str, BoxLosses]) -> Scores:
        """Score studies in the black-box container, which has Bayesmark. Raises `InfrastructureFailure`."""
        blackbox = await self._take_blackbox()
        intact = False
        try:
            async with asyncio.timeout(self._settings.evaluation_timeout_s):
                await blackbox.stream.send({"score": {box: vars(each) for box, each in boxes.items()}})
                message = await blackbox.receive()
            intact = True
        except (TimeoutError, StreamEnded, StreamFlooded) as error:
            raise InfrastructureFailure(f"expected the black-box container to score studies, got {error!r}") from error
        finally:
            if not intact:
                self._replace_blackbox(blackbox)
        if "scores" not in message:
            raise InfrastructureFailure(f"expected scores from the black-box container, got {message}")
        return Scores.model_validate(message["scores"])

    async def _take_blackbox(self) -> Container:
        """Return the warm container. If its start failed, try once more; that failure is the study's."""
        container = await asyncio.shield(self._blackbox)
        if isinstance(container, InfrastructureFailure):
            self._blackbox = self._begin_start(self._blackbox_config)
            container = await asyncio.shield(self._blackbox)
        if isinstance(container, InfrastructureFailure):
            raise container
        return container

    async def _take_optimizer(self, spec: StudySpec) -> Container:
        """Return the prepared container if it fits the study and lives, else a new one; prepare the next."""
        image = _image_of(spec.environment)
        if image or spec.runtime:
            await self._self_test.require(image, spec.runtime, self._cpu)
        config = optimizer_config(self._settings, spec.limits, self._cpu, image=image, runtime=spec.runtime)
        container = await asyncio.shield(self._prepared)
        if isinstance(container, Container) and not await self._is_usable(container, config):
            self._begin_discard(container)
            container = await self._engine.start(config)
        elif isinstance(container, InfrastructureFailure):
            container = await self._engine.start(config)
        self._prepared = self._begin_start(config)
        return container

    def _begin_start(self, config: ContainerConfig) -> "asyncio.Task[Container | InfrastructureFailure]":
        return self._tasks.create_task(self._start(config))

    async def _is_usable(self, container: Container, config: ContainerConfig) -> bool:
        return container.config == config and await self._engine.is_running(container)

    async def _start(self, config: ContainerConfig) -> Container | InfrastructureFailure:
        """Start a container ahead of need. A failure is logged, and raised when the container is needed."""
        try:
            return await self._engine.start(config)
        except InfrastructureFailure as failure:
            log.warning("container not started", image=config["Image"], cpu=self._cpu.number, error=str(failure))
            return failure

    def _replace_blackbox(self, container: Container) -> None:
        self._begin_discard(container)
        self._blackbox = self._begin_start(self._blackbox_config)

    def _begin_discard(self, container: Container) -> None:
        self._tasks.create_task(self._engine.discard(container))


def _image_of(environment: str) -> str | None:
    """Return the image of an environment; None is that of the settings."""
    name, digest = split_environment(environment)
    return digest or (None if name == DEFAULT_ENVIRONMENT else f"arena-{name}:local")
