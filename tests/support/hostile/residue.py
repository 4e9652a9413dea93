"""What a submission could leave on this machine outside the container engine's own lists.

Other tests may run beside the hostile set: what they listen on, and containers that come and go, are no residue.
"""

import os
import re
from contextlib import suppress
from pathlib import Path

from arena.sandbox.container_config import FIRST_BLACKBOX_UID, FIRST_OPTIMIZER_UID

NOTE = "arena-note"
UID_SPAN = 1000
CONTAINER_ID = re.compile(r"[0-9a-f]{64}")
SOCKET = re.compile(r"socket:\[(\d+)\]")
FOLDERS, PROCESSES = "folders of containers that are gone", "processes without a container"
LISTENS = "0A"
"""The kernel's number for a socket on which somebody listens."""


def find_residue(engine_root: Path) -> dict[str, list[str]]:
    """Return everything of the kind that a submission could leave behind, of containers that are there, too."""
    folders = [engine_root / "containers", Path("/run/containerd/io.containerd.runtime.v2.task/moby")]
    return {
        FOLDERS: [str(path) for folder in folders if folder.is_dir() for path in folder.iterdir()],
        PROCESSES: sandboxed_processes(),
        "files": sorted(
            str(path)
            for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run")  # noqa: S108 - this machine's
            for path in Path(folder).glob(f"*{NOTE}*")
        ),
        "abstract sockets": [line for line in Path("/proc/net/unix").read_text().splitlines() if NOTE in line],
        "SysV IPC": [Path(f"/proc/sysvipc/{kind}").read_text() for kind in ("shm", "msg", "sem")],
        "listening sockets": _find_strange_listeners(),
    }


def without_containers(found: dict[str, list[str]], containers: set[str]) -> dict[str, list[str]]:
    """Return what was found without what belongs to these containers, by their ids."""
    gone = {name: [each for each in found[name] if Path(each).name not in containers] for name in (FOLDERS, PROCESSES)}
    return found | gone


def sandboxed_processes() -> list[str]:
    """Return the container id of each process of this machine that runs as a sandbox's user, or is runsc's kernel."""
    users = {first + offset for first in (FIRST_OPTIMIZER_UID, FIRST_BLACKBOX_UID) for offset in range(UID_SPAN)}
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry.stat().st_uid in users or _is_runscs_kernel(entry)):
                match = CONTAINER_ID.search((entry / "cgroup").read_text())
                found.append(match.group() if match else f"process {entry.name}")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    return found


def _is_runscs_kernel(process: Path) -> bool:
    """Whether all of a sandbox runs in this process, and in threads that it traces, as nobody."""
    return (process / "cmdline").read_bytes().startswith(b"runsc-sandbox\0")


def _find_strange_listeners() -> list[str]:
    """Return the local addresses of this machine's own network on which a process listens that no test has started."""
    before, of_the_tests, after = _find_listeners(), _sockets_of_the_tests(), _find_listeners()
    return sorted(after[socket] for socket in (before.keys() & after.keys()) - of_the_tests)


def _find_listeners() -> dict[str, str]:
    """Return the local address of each socket on which somebody listens, by the socket's number."""
    lines = [line for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return {fields[9]: fields[1] for fields in map(str.split, lines) if fields[3] == LISTENS}


def _sockets_of_the_tests() -> set[str]:
    """Return the numbers of all sockets of processes that come from the one that has started this one."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[entry.parent.name] = entry.read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    found = set()
    for process in parents:
        if _comes_from(str(os.getppid()), process, parents):
            found |= _sockets_of(process)
    return found


def _comes_from(ancestor: str, process: str, parents: dict[str, str]) -> bool:
    while process in parents and process != ancestor:
        process = parents[process]
    return process == ancestor


def _sockets_of(process: str) -> set[str]:
    found = set()
    with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        for descriptor in os.listdir(f"/proc/{process}/fd"):  # noqa: PTH208 - the names are numbers, and no paths
            with suppress(FileNotFoundError):  # it has just been closed
                if match := SOCKET.match(os.readlink(f"/proc/{process}/fd/{descriptor}")):  # noqa: PTH115 - no path
                    found.add(match.group(1))
    return found
