"""What must not be left behind: messages, containers, processes that ended by themselves, errors in logs, files."""

import json

import aio_pika

from shared.broker.topology import DEAD, RESULTS, SUBMISSIONS
from tests.chaos.processes import ServiceProcess
from tests.chaos.servers import run_command
from tests.chaos.world import World


async def check_remains(world: World) -> list[str]:
    """End all services, and return what they leave."""
    for service in world.services.values():
        await service.end()
    findings = [fault for service in world.services.values() for fault in service.faults]
    findings += [line for service in world.services.values() for line in _find_errors(service)]
    findings += await _find_messages(world)
    for name, service in world.services.items():
        if service.service == "runner":
            left = await run_command("docker", "ps", "--all", "--quiet", "--filter", f"label=arena.runner={name}")
            if left:
                findings.append(f"containers of {name} are left: {left.split()}")
        if files := [str(each) for each in service.temporary.iterdir()]:
            findings.append(f"{name} leaves {files}")
    return findings


def _find_errors(service: ServiceProcess) -> list[str]:
    return [
        f"{log.name} has an error: {line[:1500]}"
        for log in service.logs
        for line in log.read_text(errors="replace").splitlines()
        if _tells_error(line)
    ]


def _tells_error(line: str) -> bool:
    """Whether a line is an error in the log, or what Python itself writes of one."""
    try:
        event = json.loads(line)
    except ValueError:
        return bool(line.strip()) and not line.startswith(" ")
    return event["level"] in {"error", "critical"} or "exception" in event


async def _find_messages(world: World) -> list[str]:
    """Return the queues that are not empty once every service has ended; of heartbeats, the last always wait."""
    connection = await aio_pika.connect(world.broker_url.get_secret_value())
    async with connection, connection.channel() as channel:
        queues = [await channel.declare_queue(each.name, passive=True) for each in (SUBMISSIONS, RESULTS, DEAD)]
        counts = {queue.name: queue.declaration_result.message_count for queue in queues}
    return [f"{n} messages are left in {name}" for name, n in counts.items() if n]
