"""A Postgres and a RabbitMQ of the world's own, in containers whose data are in folders and so survive a kill."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from shared.broker.topology import BROKER_USERS
from shared.database_logins import LoginSettings, set_logins
from shared.events import wait_for_any
from tests.support.backends import PASSWORD
from tests.support.stack import free_port
from tests.support.template_database import migrate
from tests.support.waiting import LIMIT_S

DATABASE_FOLDER = "/var/lib/postgresql/data"
"""Where a database's data are in its container."""

LOOK_S = 1.0


async def run_command(*command: str, environment: Mapping[str, str] | None = None, check: bool = True) -> str:
    """Return what a command writes; it must succeed if `check`."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=None if environment is None else {**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(LIMIT_S):
        output, _ = await process.communicate()
    if check and process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output.decode()}")
    return output.decode().strip()


class Server:
    """A container that may be killed, paused and stopped in any order; `start` brings it back whatever was done."""

    def __init__(self, name: str, image: str, port: int, data: Path, folder: str, *environment: str) -> None:
        self.name = name
        self.port = free_port()
        self.data = data
        self._image = image
        self._options = (
            *("--publish", f"127.0.0.1:{self.port}:{port}", "--volume", f"{data}:{folder}", "--memory", "2g"),
            *(f"--env={each}" for each in environment),
        )
        self.container = ""
        self._loses_data = asyncio.Lock()
        self._is_wanted = False

    async def create(self, network: str = "bridge") -> None:
        """Make the container in one of the engine's networks; its data are what is in the folder."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o777)  # the server's user is one of the image's
        self.container = await run_command("docker", "create", "--network", network, *self._options, self._image)

    async def start(self) -> None:
        """Let it run, whether it was paused, has ended or runs."""
        async with self._loses_data:
            self._is_wanted = True
            await run_command("docker", "unpause", self.container, check=False)
            await run_command("docker", "start", self.container)

    async def kill(self) -> None:
        """End it with SIGKILL."""
        self._is_wanted = False
        await run_command("docker", "kill", self.container, check=False)

    async def stop(self) -> None:
        """End it in good order, by the signal that its image names."""
        self._is_wanted = False
        await run_command("docker", "unpause", self.container, check=False)
        await run_command("docker", "stop", "--time", "30", self.container, check=False)

    async def pause(self) -> None:
        """Stop all of its processes with their connections open."""
        await run_command("docker", "pause", self.container, check=False)

    async def lose_data(self) -> None:
        """Kill it and empty its folder."""
        async with self._loses_data:
            await self.kill()
            await run_command("docker", "wait", self.container, check=False)
            await run_command("find", str(self.data), "-mindepth", "1", "-delete")

    async def watch(self, stop: asyncio.Event) -> None:
        """Start it again whenever it ends by itself, as Compose does, until `stop`."""
        while not stop.is_set():
            if self._is_wanted and not await self.is_running() and self._is_wanted:
                await self.start()
            await wait_for_any(stop, timeout_s=LOOK_S)

    async def is_running(self) -> bool:
        """Return whether it has not ended."""
        return await run_command("docker", "inspect", "--format", "{{.State.Running}}", self.container) == "true"

    async def run(self, *command: str) -> str:
        """Return what a command in the container writes, whether it succeeds or not."""
        return await run_command("docker", "exec", self.container, *command, check=False)

    async def read_log(self) -> str:
        """Return what it has written."""
        return await run_command("docker", "logs", self.container)

    async def remove(self) -> None:
        """Leave nothing of the container; its folder stays."""
        await run_command("docker", "rm", "--force", "--volumes", self.container, check=False)


@asynccontextmanager
async def new_network() -> AsyncIterator[str]:
    """Yield a network of the world's own: the engine's usual one is that of everybody on this machine."""
    network = await run_command("docker", "network", "create", f"arena-chaos-{uuid.uuid4().hex[:12]}")
    try:
        yield network
    finally:
        await run_command("docker", "network", "rm", network)


def database_server(data: Path, *environment: str) -> Server:
    """Return a Postgres that is as durable as an operator's."""
    given = (f"POSTGRES_PASSWORD={PASSWORD}", *environment)
    return Server("database", "arena-postgres:local", 5432, data, DATABASE_FOLDER, *given)


def broker_server(data: Path) -> Server:
    """Return a RabbitMQ with the services' users and an administrator."""
    users = [*(user.name.upper() for user in BROKER_USERS), "ADMINISTRATOR"]
    given = [f"RABBITMQ_{user}_PASSWORD={PASSWORD}" for user in users]
    return Server("broker", "arena-rabbitmq:local", 5672, data, "/var/lib/rabbitmq/data", *given)


async def make_database(url: str) -> None:
    """Wait for a new database, make its tables, and give each service its login."""
    await asyncio.to_thread(migrate, url)
    password = SecretStr(PASSWORD)
    await set_logins(
        LoginSettings(
            database_url=SecretStr(url),
            gateway_database_password=password,
            dispatcher_database_password=password,
            aggregator_database_password=password,
        )
    )
