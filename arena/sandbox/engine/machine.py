"""What an engine says of where it runs: a machine, or the pod that it shares with one runner.

An engine in a pod knows the pod's limit and its own control group, and says so by labels (`deploy/images/engine`). Its
containers have to be below that group: elsewhere, they would take memory that the pod does not have.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiodocker import Docker

from arena.sandbox.engine.connection import CALL_TIMEOUT_S, engine_call

GROUP_LABEL = "arena.control_group"
NODE_GROUP_LABEL = "arena.node_control_group"
MEMORY_LABEL = "arena.memory_bytes"


@dataclass(frozen=True)
class Machine:
    """Where an engine runs.

    `memory_bytes` is what all containers may use together; `control_group` is the group that they have to be in, if
    there is one, and `node_group` the same as the node's own processes call it; `faults` is why no sandbox can hold
    here, each with its cure.
    """

    memory_bytes: int
    control_group: str | None
    faults: tuple[str, ...]
    node_group: str = "/"

    def holds_group(self, group: str) -> bool:
        """Return whether a container in this group is under the limits of the engine's pod."""
        top = (self.control_group or "/").rstrip("/")
        return group == top or group.startswith(f"{top}/")


async def describe_machine(docker: Docker) -> Machine:
    """Ask an engine where it runs. Raises `InfrastructureFailure`."""
    with engine_call("ask where it runs"):
        async with asyncio.timeout(CALL_TIMEOUT_S):
            return parse_info(await docker.system.info())


def parse_info(info: Mapping[str, Any]) -> Machine:
    """Return what the engine's own description says."""
    labels = dict(label.partition("=")[::2] for label in info.get("Labels") or [])
    memory_bytes = int(info["MemTotal"])
    if MEMORY_LABEL in labels:
        memory_bytes = min(memory_bytes, int(labels[MEMORY_LABEL]))
    faults = tuple(_find_faults(info))
    return Machine(memory_bytes, labels.get(GROUP_LABEL), faults, labels.get(NODE_GROUP_LABEL, "/"))


def _find_faults(info: Mapping[str, Any]) -> Iterable[str]:
    if not info.get("MemoryLimit", True):
        yield (
            "expected an engine that can limit memory, but its machine's kernel does not account for it; "
            "start that kernel with cgroup_enable=memory"
        )
    elif not info.get("SwapLimit", True):
        yield (
            "expected an engine that can limit memory together with swap, but its machine's kernel does not account "
            "for swap; start that kernel with swapaccount=1, or use a system with version 2 of control groups"
        )


def find_group(text: str) -> str:
    """Return the control group that limits a process's memory, from its `/proc/self/cgroup`."""
    groups: dict[str, str] = {}
    for line in text.split():
        _, controllers, group = line.split(":", 2)
        groups |= dict.fromkeys(controllers.split(","), group)
    return groups.get("memory") or groups.get("", "/")
