"""What the sandbox looks like from inside; the runner compares it with what it asked the engine for."""

import ctypes
import os
import platform
import resource
import signal
import socket
from pathlib import Path
from typing import Any

MEGABYTE = 1024**2
PROCESSES_TRIED = 128
BYTES_TRIED = 128 * MEGABYTE

NEW_USER_NAMESPACE = 0x10000000
SESSION_KEYRING, JOIN = -3, 1
IO_URING_PARAMS_BYTES = 120
X86_64 = {
    "unshare": (272, NEW_USER_NAMESPACE),
    "keyctl": (250, JOIN, 0),
    "add_key": (248, b"user", b"arena", b"x", 1, SESSION_KEYRING),
    "bpf": (321, 0, 0, 0),
    "perf_event_open": (298, 0, 0, -1, -1, 0),
    "userfaultfd": (323, 0),
    "io_uring_setup": (425, 8, bytes(IO_URING_PARAMS_BYTES)),
}
ARM_64 = {
    "unshare": (97, NEW_USER_NAMESPACE),
    "keyctl": (219, JOIN, 0),
    "add_key": (217, b"user", b"arena", b"x", 1, SESSION_KEYRING),
    "io_uring_setup": (425, 8, bytes(IO_URING_PARAMS_BYTES)),
}
FORBIDDEN_CALLS: dict[str, Any] = {"x86_64": X86_64, "aarch64": ARM_64}.get(platform.machine(), {})
"""Ways to the kernel's more dangerous parts, or to a place that outlives the container; numbers are Linux's."""


def probe_sandbox(*, fork: bool) -> dict[str, Any]:
    """Return plain facts: each is measured by trying, or read from the kernel.

    Without `fork`, the number of processes is left out: counting them may end the sandbox.
    """
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return {
        "uid": os.getuid(),
        "gid": os.getgid(),
        "root_writable": [folder for folder in ("/", "/etc", "/opt", "/var/tmp", "/usr") if _writable(folder)],  # noqa: S108
        "submission_writable": _writable("/submission"),
        "tmp_writable": _writable("/tmp"),  # noqa: S108
        "interfaces": sorted(name for _, name in socket.if_nameindex()),
        "network_reachable": _network_reachable(),
        "capabilities": int(status.get("CapEff", "0"), 16) | int(status.get("CapPrm", "0"), 16),
        "no_new_privileges": status.get("NoNewPrivs"),
        "seccomp": status.get("Seccomp"),
        "core_limit": resource.getrlimit(resource.RLIMIT_CORE)[1],
        "open_files_limit": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        "file_size_limit": resource.getrlimit(resource.RLIMIT_FSIZE)[1],
        "cpus": sorted(os.sched_getaffinity(0)),
        "engine_socket": any(Path(path).exists() for path in ("/var/run/docker.sock", "/run/docker.sock")),
        "environment": sorted(os.environ),
        "mounts": [line.split()[:4] for line in Path("/proc/self/mounts").read_text().splitlines()],
        "memory_limit": _read_limit("memory/memory.limit_in_bytes", "memory.max"),
        "swap_limit": _read_limit("memory/memory.memsw.limit_in_bytes", "memory.swap.max"),
        **(count_processes() if fork else {}),
        "tmp_bytes": _count_bytes("/tmp"),  # noqa: S108
        "forbidden_calls": [name for name, call in FORBIDDEN_CALLS.items() if _succeeds(call)],
    }


def exhaust_memory() -> None:
    """Take memory without end; a sandbox that holds kills this process."""
    taken = []
    while True:
        taken.append(b"x" * MEGABYTE)


def count_processes() -> dict[str, Any]:
    """Return, as a fact, how many processes this one can have beside it, up to more than any limit allows."""
    children: list[int] = []
    try:
        for _ in range(PROCESSES_TRIED):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    except BlockingIOError:
        pass
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return {"processes": len(children)}


def _read_limit(version_1: str, version_2: str) -> int | str | None:
    """A limit of this container's control group; None where the kernel does not account for it."""
    for name in (version_1, version_2):
        path = Path("/sys/fs/cgroup") / name
        if path.exists():
            text = path.read_text().strip()
            return int(text) if text.isdigit() else text
    return None


def _count_bytes(folder: str) -> int:
    """How much a folder takes, up to more than any limit allows."""
    path = Path(folder) / "arena-probe"
    written = 0
    try:
        with path.open("wb", buffering=0) as file:
            while written < BYTES_TRIED:
                written += file.write(bytes(MEGABYTE))
    except OSError:
        pass
    if written:  # a folder that takes nothing may not even let its files be looked for
        path.unlink()
    return written


def _succeeds(call: tuple[int, ...]) -> bool:
    """Whether a raw system call is let through, in a child that may be changed by it."""
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).syscall(*call) >= 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _writable(folder: str) -> bool:
    probe = Path(folder) / "arena-probe"
    try:
        probe.write_bytes(b"x")
    except OSError:
        return False
    probe.unlink()
    return True


def _network_reachable() -> bool:
    """A UDP connect sends nothing; it succeeds only where there is a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return False
    return True
