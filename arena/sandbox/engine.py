"""The container engine's edge: starts, speaks to, inspects and removes this runner's containers."""

import asyncio
import contextlib
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import aiohttp
import structlog
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from arena.sandbox.container_config import (
    ROLE_LABEL,
    RUNNER_LABEL,
    SELF_TEST_LIMITS,
    ContainerConfig,
    find_faults,
    optimizer_config,
)
from arena.sandbox.protocol import ANSWER_LIMIT_BYTES, Answer, BrokenAnswer, parse_answer
from arena.sandbox.stream import ContainerStream, StreamEnded, StreamFlooded
from arena.sandbox.usage import CONTROL_GROUPS, parse_stats, read_control_groups
from arena.words.execution import Usage
from shared.settings import Settings

log = structlog.get_logger()

CALL_TIMEOUT_S = 30
"""For one call of the engine; it may be slow on a loaded machine, but then it is as good as gone."""
LATE_EVENTS_S = 1.0
"""How long after a container's death the engine may still tell why."""
BLACKBOX_LINE_LIMIT_BYTES = 64 * 1024**2


class InfrastructureFailure(Exception):
    """The platform's fault: the team pays nothing, and the shard is tried again."""


@dataclass(frozen=True)
class Death:
    """Why a container that was not told to end is no longer there."""

    cause: Literal["still_running", "out_of_memory", "killed_from_outside", "exited"]
    exit_code: int | None = None


@dataclass(eq=False)
class Container:
    """A started container of the image with this id, with its attached streams."""

    id: str
    image_id: str
    config: ContainerConfig
    stream: ContainerStream
    _last_request: int = field(default=0)

    async def request(self, message: dict[str, Any], payload: bytes = b"") -> Answer:
        """Ask the harness and wait for its answer. Raises `StreamEnded`, `StreamFlooded`, `BrokenAnswer`."""
        self._last_request += 1
        await self.stream.send({"id": self._last_request, **message}, payload)
        return parse_answer(await self.stream.receive_line(ANSWER_LIMIT_BYTES), self._last_request)

    async def receive(self) -> dict[str, Any]:
        """Wait for the next message of a trusted container. Raises `StreamEnded`, `StreamFlooded`."""
        message: dict[str, Any] = json.loads(await self.stream.receive_line(BLACKBOX_LINE_LIMIT_BYTES))
        return message


@contextlib.contextmanager
def engine_call(purpose: str) -> Iterator[None]:
    """What goes wrong with the engine inside becomes an `InfrastructureFailure` that names the purpose."""
    try:
        yield
    except (DockerError, aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        raise InfrastructureFailure(f"engine: {purpose}: {type(error).__name__}: {error}") from error


@contextlib.asynccontextmanager
async def connect_engine(settings: Settings) -> AsyncIterator["Engine"]:
    """The engine of these settings, connected on first use."""
    async with Docker(url=settings.engine_url) as docker:
        yield Engine(docker, settings)


class Engine:
    """Every container carries this runner's label; who started it removes it, or else the runner's next start."""

    def __init__(self, docker: Docker, settings: Settings, control_groups: Path = CONTROL_GROUPS) -> None:
        self._docker = docker
        self._settings = settings
        self._control_groups = control_groups
        self._self_tested: set[tuple[str | None, str | None]] = set()
        self._images: dict[str, str] = {}
        self._owned: set[str] = set()
        self._orphans: set[str] = set()

    async def start(self, config: ContainerConfig) -> Container:
        """Start a container and wait until it is ready. Raises `InfrastructureFailure`, leaving nothing."""
        image_id = await self._find_image(config["Image"])
        container_id = await self._create(config | {"Image": image_id})
        try:
            with engine_call("start a container"):
                async with asyncio.timeout(self._settings.start_timeout_s):
                    stream = await self._start_created(container_id)
                    return Container(container_id, image_id, config, stream)
        except BaseException:
            await self.remove(container_id)
            raise

    async def _find_image(self, name: str) -> str:
        """The id of what an image's name stood for at the last check: containers are made by it, so it is what ran."""
        if name not in self._images:
            await self._look_for_images(name)
        return self._images[name]

    async def _look_for_images(self, *names: str) -> None:
        with engine_call("look for the images"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                for name in names:
                    self._images[name] = (await self._docker.images.inspect(name))["Id"]

    async def _create(self, config: ContainerConfig) -> str:
        """Create a container; a creation is never abandoned halfway, because nobody would own what comes of it."""
        creation = asyncio.ensure_future(self._create_now(config))
        try:
            return await asyncio.shield(creation)
        except asyncio.CancelledError:
            await self.remove(await creation)
            raise

    async def _create_now(self, config: ContainerConfig) -> str:
        role = config["Labels"][ROLE_LABEL]
        with engine_call("create a container"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                container = await self._docker.containers.create(config, name=f"arena-{role}-{uuid.uuid4().hex}")
        self._owned.add(container.id)
        return container.id

    async def _start_created(self, container_id: str) -> ContainerStream:
        handle = self._docker.containers.container(container_id)
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
        """What a running container has used so far; nothing where that cannot be said in this time. Never raises."""
        usage = read_control_groups(container.id, self._control_groups)
        if usage.cpu_s is not None:
            return usage
        try:
            async with asyncio.timeout(timeout_s):
                return parse_stats(
                    await self._docker._query_json(  # noqa: SLF001 - the library's own call would wait for two samples
                        f"containers/{container.id}/stats", params={"stream": "false", "one-shot": "true"}
                    )
                )
        except (DockerError, aiohttp.ClientError, OSError) as error:
            log.debug("usage not known", container=container.id, error=repr(error))
            return Usage()

    async def is_running(self, container: Container) -> bool:
        """Whether a prepared container still is what it was. Raises `InfrastructureFailure`."""
        with engine_call("inspect a prepared container"):
            try:
                async with asyncio.timeout(CALL_TIMEOUT_S):
                    state = (await self._docker.containers.container(container.id).show())["State"]
            except DockerError as error:
                if error.status == 404:
                    return False
                raise
        return bool(state["Running"])

    async def name_container(self, container_id: str, name: str) -> None:
        """Rename a container that was prepared before its work was known; for the operator's eyes only."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self._docker.containers.container(container_id).rename(name)
        except (DockerError, aiohttp.ClientError, OSError) as error:
            if isinstance(error, DockerError) and error.status == 404:  # its study was over sooner
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
                await self._docker.containers.container(container_id).delete(force=True, v=True)
        except (DockerError, aiohttp.ClientError, OSError) as error:
            if isinstance(error, DockerError) and error.status in {404, 409}:  # gone, or being removed
                return
            # Not raised: it is an orphan now, which a later check removes, and no study's result depends on it.
            log.warning("container not removed", container=container_id, error=repr(error))
        finally:
            self._owned.discard(container_id)  # last, because what is being removed is no orphan

    async def remove_leftovers(self) -> int:
        """Remove what an earlier life of this runner left behind, and return how many containers that was."""
        found = await self._list_containers()
        for container_id in found:
            await self.remove(container_id)
        return len(found)

    async def remove_orphans(self) -> int:
        """Remove containers of this runner that nothing here owns, and return how many that was.

        They are removed when seen twice, because the first time one may be about to be owned.
        """
        found = await self._list_containers() - self._owned
        orphans, self._orphans = found & self._orphans, found
        for container_id in orphans:
            log.warning("orphan removed", container=container_id)
            await self.remove(container_id)
        return len(orphans)

    async def _list_containers(self) -> set[str]:
        with engine_call("list this runner's containers"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                label = f"{RUNNER_LABEL}={self._settings.runner_id}"
                found = await self._docker.containers.list(all="true", filters=json.dumps({"label": [label]}))
        return {container.id for container in found}

    async def find_cause_of_death(self, container: Container) -> Death:
        """Ask the engine why this container's streams ended. Raises `InfrastructureFailure`."""
        with engine_call("find why a container died"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                state = (await self._docker.containers.container(container.id).show())["State"]
                if state["Running"]:
                    return Death("still_running")
                actions = await self._list_actions(container.id)
                exit_code: int = state["ExitCode"]
                if state["OOMKilled"] or "oom" in actions:
                    return Death("out_of_memory", exit_code)
                if "kill" in actions:
                    return Death("killed_from_outside", exit_code)
                return Death("exited", exit_code)

    async def _list_actions(self, container_id: str) -> set[str]:
        """The engine's events about a container, until a little later than now by the engine's clock."""
        now = (await self._docker.system.info())["SystemTime"]
        async with Docker(url=self._settings.engine_url) as docker:  # a client follows one stream of events at a time
            events = docker.events.subscribe(  # type: ignore[no-untyped-call]  # the library's gap
                since="0", until=_later(now, LATE_EVENTS_S), filters=json.dumps({"container": [container_id]})
            )
            actions = set()
            while (event := await events.get()) is not None:
                actions.add(event["Action"])
            return actions

    async def check(self, *, thorough: bool = False) -> str | None:
        """Return why this runner must not take work now, or None if it may.

        The sandbox is tried out at the first check, at a thorough one, and until it holds. One that a phase names is,
        too, before its first study.
        """
        free = shutil.disk_usage("/").free
        if free < self._settings.disk_free_limit_bytes:
            return f"disk low: expected {self._settings.disk_free_limit_bytes} bytes free, got {free}"
        if thorough:
            self._self_tested.clear()
        try:
            await self._look_for_images(self._settings.blackbox_image, self._settings.optimizer_image)
            await self.remove_orphans()
            if faults := await self._find_faults():
                return f"self-test: {'; '.join(faults)}"
        except InfrastructureFailure as failure:
            return str(failure)
        return None

    async def check_sandbox(self, image: str | None, runtime: str | None, cpu: int) -> None:
        """Try out the sandbox that a phase names, once. Raises `InfrastructureFailure` where it does not hold."""
        try:
            faults = await self._find_faults(cpu, image, runtime)
            if faults:
                raise InfrastructureFailure(f"self-test: {'; '.join(faults)}")
        except InfrastructureFailure as failure:
            named = " and ".join(f"{key} {name}" for key, name in (("image", image), ("runtime", runtime)) if name)
            raise InfrastructureFailure(
                f"Expected a sandbox of {named}, which the phase names, to start here and to hold; got: {failure}. "
                "Put it on every runner, or name another in the competition's file."
            ) from failure

    async def _find_faults(self, cpu: int = 0, image: str | None = None, runtime: str | None = None) -> list[str]:
        """What is wrong with a sandbox; one that held is not tried again."""
        if (image, runtime) in self._self_tested:
            return []
        faults = await self.self_test(cpu, image, runtime)
        if not faults:
            self._self_tested.add((image, runtime))
        return faults

    async def self_test(self, cpu: int = 0, image: str | None = None, runtime: str | None = None) -> list[str]:
        """Start a sandbox, try to break out of it, and return what is wrong with it. Raises `InfrastructureFailure`."""
        config = optimizer_config(self._settings, SELF_TEST_LIMITS, cpu, image=image, runtime=runtime)
        container = await self.start(config)
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                answer = await container.request({"do": "facts"})
            faults = find_faults(answer.facts or {}, SELF_TEST_LIMITS, cpu, config["HostConfig"]["Runtime"])
            if not any("memory" in fault for fault in faults):  # without a limit, the trial would take all there is
                faults += await self._try_memory(container)
        except (StreamEnded, StreamFlooded, BrokenAnswer, TimeoutError) as error:
            raise InfrastructureFailure(f"self-test: no facts from the sandbox: {error!r}") from error
        finally:
            await self.discard(container)
        return faults

    async def _try_memory(self, container: Container) -> list[str]:
        """Whether the kernel ends what takes more memory than it may."""
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                await container.request({"do": "exhaust memory"})
        except StreamEnded:
            death = await self.find_cause_of_death(container)
            if death.cause == "out_of_memory":
                return []
            return [f"memory: expected the kernel to say that it ran out, got {death.cause}"]
        return ["memory: expected the kernel to end what takes too much, it did not"]


def _later(engine_time: str, seconds: float) -> str:
    """The engine's RFC 3339 time plus some seconds, as the Unix time that its events take."""
    return f"{datetime.fromisoformat(engine_time).timestamp() + seconds:.6f}"
