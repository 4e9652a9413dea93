"""A slot: one study at a time, between a warm black-box container and a fresh optimizer container."""

import asyncio
import contextlib
from collections.abc import Mapping
from types import TracebackType

from arena.sandbox.container_config import Cpu, blackbox_config, optimizer_config
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.prepared import PreparedContainers, Starter, Starting
from arena.sandbox.engine.stream import Payload, StreamEnded, StreamFlooded
from arena.sandbox.protocol import Scores
from arena.sandbox.relay import Relay
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import BoxLosses, Fatal, InfrastructureFailure, RunningStudy, StudyOutcome, StudySpec
from arena.words.environments import DEFAULT_ENVIRONMENT, SKLEARN
from arena.words.limits import Limits


class Slot:
    """Room for one study at a time, pinned to one CPU; `beside` another slot, its optimizer has both CPUs.

    Between studies it owns a warm black-box container for each problem family that it served, and a prepared optimizer
    container for each of the configurations that it served last, or the tasks that start them. No optimizer container
    serves two studies, and a black-box container whose study did not end in an orderly way serves no other. After
    `__aexit__` nothing that it started is left.
    """

    def __init__(self, engine: Engine, self_test: SelfTest, settings: SandboxSettings, cpu: Cpu) -> None:
        self._engine = engine
        self._self_test = self_test
        self._settings = settings
        self.cpu = cpu
        self._tasks = asyncio.TaskGroup()
        self._starter = Starter(engine, self._tasks)
        self._prepared = PreparedContainers(engine, self._starter)
        self._running: RunningStudy | None = None
        self._blackboxes: dict[str, Starting] = {}

    async def __aenter__(self) -> "Slot":
        await self._tasks.__aenter__()
        self._begin_blackbox(SKLEARN, self._settings.blackbox_image)
        with contextlib.suppress(InfrastructureFailure):  # it is needed only if a study says so
            image = await self._engine.images.find_environment(DEFAULT_ENVIRONMENT)
            self._prepared.prepare(optimizer_config(self._settings, image, Limits(), self.cpu))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for starting in self._blackboxes.values():
            self._starter.end(starting)
        self._prepared.end()
        # Not told of the error that ends the slot: it would cancel the removals instead of waiting for them.
        await self._tasks.__aexit__(None, None, None)

    async def wait_warm(self) -> list[Container | InfrastructureFailure]:
        """Wait until the black-box container and the prepared ones are started, or could not be; return all of them.

        The black box comes first, and what was needed last, last.
        """
        return [await asyncio.shield(self._blackboxes[SKLEARN]), *await self._prepared.wait()]

    def running_study(self) -> RunningStudy | None:
        """The study that runs here, or ran last."""
        return self._running

    def beside(self, other: "Slot") -> "WideSlot":
        """Return this slot with the CPU of another one, which must run nothing meanwhile."""
        return WideSlot(self, other.cpu)

    async def run_study(
        self, spec: StudySpec, zip_file: Payload, dataset_bytes: bytes = b"", *, second: Cpu | None = None
    ) -> StudyOutcome:
        """Run one study to its end; `dataset_bytes` is the CSV file of a black box on the organizer's own data set.

        The optimizer has the `second` CPU as well, if one is given. A zip that is a file is streamed.
        Cancelled, it kills both containers at once.
        Raises `Fatal` when the team's code ends its submission, `InfrastructureFailure` when the platform failed.
        """
        blackbox = await self._take_blackbox(spec.family)
        intact = False
        try:
            optimizer = await self._take_optimizer(spec, second)
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
                self._starter.begin_discard(optimizer)
        finally:
            if not intact:
                self._replace_blackbox(spec.family, blackbox)

    async def score(self, boxes: Mapping[str, BoxLosses]) -> Scores:
        """Score studies in the black-box container, which has Bayesmark. Raises `InfrastructureFailure`."""
        blackbox = await self._take_blackbox(SKLEARN)
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
                self._replace_blackbox(SKLEARN, blackbox)
        if "scores" not in message:
            raise InfrastructureFailure(f"expected scores from the black-box container, got {message}")
        return Scores.model_validate(message["scores"])

    async def _take_blackbox(self, family: str) -> Container:
        """Return the warm container of a family. If its start failed, try once more; that failure is the study's.

        A family whose image has changed since has its next container of the new one.
        """
        image = self._settings.blackbox_image if family == SKLEARN else await self._engine.images.find_family(family)
        starting = self._blackboxes.get(family) or self._begin_blackbox(family, image)
        container = await asyncio.shield(starting)
        if isinstance(container, Container) and container.config["Image"] != image:
            self._starter.begin_discard(container)
        if isinstance(container, InfrastructureFailure) or container.config["Image"] != image:
            container = await asyncio.shield(self._begin_blackbox(family, image))
        if isinstance(container, InfrastructureFailure):
            raise container
        return container

    def _begin_blackbox(self, family: str, image: str) -> Starting:
        """Start the black-box container of a family ahead of need, instead of the one it had."""
        self._blackboxes[family] = self._starter.begin_start(blackbox_config(self._settings, self.cpu, image))
        return self._blackboxes[family]

    async def _take_optimizer(self, spec: StudySpec, second: Cpu | None) -> Container:
        """Return a fresh container of the study's environment; prepare the next."""
        image = await self._engine.images.find_environment(spec.environment)
        await self._self_test.require(image, spec.runtime, self.cpu, second)
        return await self._prepared.take(
            optimizer_config(self._settings, image, spec.limits, self.cpu, second=second, runtime=spec.runtime)
        )

    def _replace_blackbox(self, family: str, container: Container) -> None:
        self._starter.begin_discard(container)
        self._begin_blackbox(family, container.config["Image"])


class WideSlot:
    """A slot with a second CPU for its optimizer; the black box stays on the first."""

    def __init__(self, slot: Slot, second: Cpu) -> None:
        self._slot = slot
        self._second = second

    def running_study(self) -> RunningStudy | None:
        """The study that runs here, or ran last."""
        return self._slot.running_study()

    async def run_study(self, spec: StudySpec, zip_file: Payload, dataset_bytes: bytes = b"") -> StudyOutcome:
        """Run one study as `Slot.run_study` does."""
        return await self._slot.run_study(spec, zip_file, dataset_bytes, second=self._second)
