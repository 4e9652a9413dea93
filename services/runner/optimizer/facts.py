"""What the sandbox looks like from inside; the runner compares it with what it asked the engine for."""

import os
import resource
import socket
from pathlib import Path
from typing import Any


def gather_facts() -> dict[str, Any]:
    """Return plain facts: each is measured by trying, or read from the kernel."""
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
    }


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
