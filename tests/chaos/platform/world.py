"""The platform that faults are thrown at: two of every service, and servers and links of its own that can be broken."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from arena.sandbox.settings import SandboxSettings
from shared.database import Pool, connect_database
from tests.chaos.platform.clock import LIBRARY, SettableClock, database_clock
from tests.chaos.platform.filesystem import MEBIBYTE, Filesystem, small_filesystem
from tests.chaos.platform.processes import ServiceProcess
from tests.chaos.platform.servers import Server, broker_server, database_server, make_database, new_network, run_command
from tests.support.backends import PASSWORD
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.sandbox.own_engine import OwnEngine, own_engine
from tests.support.service_settings import platform_settings
from tests.support.stack import ROOT, SERVICES
from tests.support.waiting import wait_until
from tests.support.wire import Wire

LEASE_S = 6.0
TIMES = {
    "lease_s": LEASE_S,
    "message_lost_s": 5.0,
    "sweep_interval_s": 1.0,
    "heartbeat_interval_s": 1.0,
    "engine_check_interval_s": 3.0,
    "slots": 1,
}
BROKER_HEARTBEAT_S = 10
DISKS = {"database": 512 * MEBIBYTE, "broker": 1024 * MEBIBYTE, "blobs": 64 * MEBIBYTE}
SERVICES_WITH_CLOCKS = ("gateway-1", "dispatcher-1", "aggregator-1", "runner-1")
ENGINE_FOLDER = ROOT / ".arena/chaos-engine"


@dataclass(frozen=True)
class World:
    """Two processes of each service by their names, the servers, and the links between them by their names.

    Each link is that of one process to one server, as `gateway-1 to broker`, or of clients and runners to a gateway.
    The filesystems are those of `database`, `broker` and `blobs`, and the clocks those of the database and of one
    process of each service.
    """

    folder: Path
    platform: str
    database: Server
    broker: Server
    services: Mapping[str, ServiceProcess]
    links: Mapping[str, Wire]
    engine: OwnEngine | None
    disks: Mapping[str, Filesystem]
    clocks: Mapping[str, SettableClock]

    @property
    def database_url(self) -> SecretStr:
        """The owner's database, past all links."""
        return SecretStr(_database_url(self.database.port))

    @property
    def broker_url(self) -> SecretStr:
        """The administrator's broker, past all links."""
        return SecretStr(_broker_url(self.broker.port))

    @property
    def engine_url(self) -> str:
        """Where studies run."""
        return _engine_url(self.engine)

    @property
    def runner_ids(self) -> list[str]:
        """The names of the two runners, which their containers bear."""
        return [f"{self.platform}-{name}" for name, each in self.services.items() if each.service == "runner"]

    async def find_containers(self) -> list[str]:
        """Return the containers of both runners."""
        found = []
        for runner_id in self.runner_ids:
            listed = await run_command(
                *("docker", "--host", self.engine_url, "ps", "--all", "--quiet"),
                *("--filter", f"label=arena.runner={runner_id}"),
            )
            found += listed.split()
        return found

    @property
    def gateways(self) -> list[str]:
        """Where clients find the two gateways, by links that may break."""
        return [f"http://127.0.0.1:{self.links[f'clients to gateway-{number}'].port}" for number in (1, 2)]

    @property
    def blobs(self) -> Path:
        """The folder of the blob store."""
        return _folder_of("blobs", self.folder, self.disks)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Pool]:
        """Connect to the database as its owner."""
        async with await connect_database(self.database_url, size=2) as pool:
            yield pool

    async def mend(self) -> None:
        """See to it that everything is there, and wait until every service says that it is ready."""
        for link in self.links.values():
            link.delay_s = 0
            link.flows.set()
            await link.mend()
        for disk in self.disks.values():
            disk.free()
        for clock in self.clocks.values():
            clock.set_by(0)
        for server in (self.database, self.broker):
            await server.start()
        if self.engine is not None:
            self.engine.resume()
            await asyncio.to_thread(self.engine.start)
        for service in self.services.values():
            service.start()
        await wait_until(self.is_ready, what="every service is ready again")

    async def is_ready(self) -> bool:
        """Return whether every service says that it is ready."""
        async with httpx.AsyncClient(verify=TRUSTS_NOBODY, timeout=5) as client:
            try:
                answers = [await client.get(f"{service.url}/readyz") for service in self.services.values()]
            except httpx.TransportError:
                return False
        return all(answer.status_code == 200 for answer in answers)


def _folder_of(name: str, folder: Path, disks: Mapping[str, Filesystem]) -> Path:
    return disks[name].folder if name in disks else folder / name


def _engine_url(engine: OwnEngine | None) -> str:
    return SandboxSettings.engine_url if engine is None else engine.url


def _database_url(port: int) -> str:
    return f"postgresql://arena:{PASSWORD}@127.0.0.1:{port}/arena"


def _broker_url(port: int) -> str:
    return f"amqp://arena:{PASSWORD}@127.0.0.1:{port}/?heartbeat={BROKER_HEARTBEAT_S}"


@asynccontextmanager
async def running_world(folder: Path, *, has_engine: bool) -> AsyncIterator[World]:
    """Start everything; at the end, end it and leave the folder alone, with the logs and the data.

    Without an engine of its own, studies run on the machine's.
    """
    async with AsyncExitStack() as stack:
        engine = stack.enter_context(own_engine(ENGINE_FOLDER)) if has_engine else None
        if engine is not None:
            await asyncio.to_thread(engine.load)
        network = await stack.enter_async_context(new_network())
        disks = {name: stack.enter_context(small_filesystem(size)) for name, size in DISKS.items() if has_engine}
        clocks = {}
        if has_engine and LIBRARY is not None:
            clocks = {name: SettableClock.make(folder / f"{name}.clock") for name in SERVICES_WITH_CLOCKS}
            clocks["database"] = database_clock(_folder_of("database", folder, disks))
        environment = clocks["database"].environment if clocks else {}
        database = database_server(
            _folder_of("database", folder, disks), *(f"{name}={value}" for name, value in environment.items())
        )
        broker = broker_server(_folder_of("broker", folder, disks))
        for server in (database, broker):
            stack.push_async_callback(server.remove)
            await server.create(network)
            await server.start()
        await make_database(_database_url(database.port))
        world = await _connect_services(folder, database, broker, engine, disks, clocks)
        for link in world.links.values():
            stack.push_async_callback(link.cut)
        stack.push_async_callback(_remove_containers, world)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as watching:
            for server in (database, broker):
                watching.create_task(server.watch(stop))
            for service in world.services.values():
                stack.callback(service.kill)
                service.start()
                watching.create_task(service.watch(stop))
            try:
                await wait_until(world.is_ready, what="every service is ready")
                yield world
            finally:
                stop.set()


async def _remove_containers(world: World) -> None:
    if world.engine is None and (left := await world.find_containers()):
        await run_command("docker", "rm", "--force", "--volumes", *left)


async def _connect_services(
    folder: Path,
    database: Server,
    broker: Server,
    engine: OwnEngine | None,
    disks: Mapping[str, Filesystem],
    clocks: Mapping[str, SettableClock],
) -> World:
    """Return the services with their links, none of them started."""
    links: dict[str, Wire] = {}

    async def link(name: str, port: int) -> int:
        links[name] = Wire("127.0.0.1", port)
        await links[name].mend()
        return links[name].port

    services: dict[str, ServiceProcess] = {}
    platform = uuid.uuid4().hex[:12]  # others may use the same engine
    blobs = _folder_of("blobs", folder, disks)
    for number in (1, 2):
        for service in SERVICES:
            name = f"{service}-{number}"
            database_port = 0 if service == "runner" else await link(f"{name} to database", database.port)
            broker_port = await link(f"{name} to broker", broker.port)
            settings = platform_settings(
                _database_url(database_port),
                _broker_url(broker_port),
                blobs,
                runner_id=f"{platform}-{name}",
                engine_url=_engine_url(engine),
                **TIMES,
            )
            if service == "runner":
                gateway = services[f"gateway-{number}"]
                settings = settings.with_blobs_over_http(
                    f"http://127.0.0.1:{await link(f'{name} to gateway-{number}', gateway.port)}"
                )
            environment = clocks[name].environment if name in clocks else {}
            services[name] = ServiceProcess(name, getattr(settings, service), folder, environment)
        await link(f"clients to gateway-{number}", services[f"gateway-{number}"].port)
    return World(folder, platform, database, broker, services, links, engine, disks, clocks)
