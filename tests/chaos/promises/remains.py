"""What must not be left behind: messages, containers, processes that ended by themselves, errors in logs, files."""

import asyncio
import json
import re
from pathlib import Path

import aio_pika

from shared.broker.topology import DEAD, RESULTS, SUBMISSIONS
from tests.chaos.platform.processes import ServiceProcess
from tests.chaos.platform.world import World

BLOB = re.compile(r"[0-9a-f]{64}")
OF_LOST_CONNECTIONS = (
    "Callback <OneShotCallback",
    "Reconnect attempt failed",
    "Unexpected connection close",
    "error when creating transport",
)
"""What libraries call an error when a server goes away, which is no more than that."""


async def check_remains(world: World) -> list[str]:
    """End all services, and return what they leave."""
    for service in world.services.values():
        await service.end()
    findings = [fault for service in world.services.values() for fault in service.faults]
    findings += [line for service in world.services.values() for line in _find_errors(service)]
    findings += await _find_messages(world)
    if left := await world.find_containers():
        findings.append(f"containers are left on the engine: {left}")
    for folder in (*(service.temporary for service in world.services.values()), world.blobs):
        findings += [f"{path} is left" for path in await asyncio.to_thread(_find_files, folder)]
    return findings


def _find_files(folder: Path) -> list[str]:
    """Return what a folder has but blobs, which are named by their SHA-256."""
    return [str(path) for path in folder.iterdir() if not BLOB.fullmatch(path.name)]


def _find_errors(service: ServiceProcess) -> list[str]:
    return [
        f"{log.name} has an error: {line[:1500]}"
        for log in service.logs
        for line in log.read_text(errors="replace").splitlines()
        if _tells_error(line)
    ]


def _tells_error(line: str) -> bool:
    """Whether a line is an error in the log that no fault explains, or what Python itself writes of one."""
    try:
        event = json.loads(line)
    except ValueError:
        return "never retrieved" in line or "never awaited" in line
    return event["level"] in {"error", "critical"} and not event["event"].startswith(OF_LOST_CONNECTIONS)


async def _find_messages(world: World) -> list[str]:
    """Return the queues that are not empty once every service has ended; of heartbeats, the last always wait."""
    connection = await aio_pika.connect(world.broker_url.get_secret_value())
    async with connection, connection.channel() as channel:
        queues = [await channel.declare_queue(each.name, passive=True) for each in (SUBMISSIONS, RESULTS, DEAD)]
        counts = {queue.name: queue.declaration_result.message_count for queue in queues}
    return [f"{n} messages are left in {name}" for name, n in counts.items() if n]
