"""What each container may do, as the engine's own configuration; no I/O here."""

from typing import Any

from arena.sandbox.fixed_limits import INODES_LIMIT, OPEN_FILES_LIMIT, SHARED_MEMORY_BYTES
from arena.sandbox.seccomp import PROFILE
from arena.words.limits import Limits
from shared.settings import Settings

ContainerConfig = dict[str, Any]

RUNNER_LABEL = "arena.runner"
ROLE_LABEL = "arena.role"

MEGABYTE = 1024**2
BLACKBOX_TMP_BYTES = 256 * MEGABYTE
BLACKBOX_MEMORY_BYTES = 4096 * MEGABYTE
BLACKBOX_PIDS = 256
OPTIMIZER_OOM_SCORE = 1000
"""When the host itself runs out of memory, it takes optimizers first."""
OPTIMIZER_CPU_SHARES = 256
"""A quarter of the default weight: an optimizer that computes while its suggestions are evaluated gains little."""

FIRST_OPTIMIZER_UID = 61_000
FIRST_BLACKBOX_UID = 62_000
"""A uid for each CPU and side, because the kernel counts some resources by uid, across containers."""

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "GIT_PYTHON_REFRESH": "quiet",
    "HOME": "/tmp",  # noqa: S108 - the container's own tmpfs
    "USER": "arena",
    "LOGNAME": "arena",
    "LANG": "C.UTF-8",
}


def optimizer_config(
    settings: Settings, limits: Limits, cpu: int, *, image: str | None = None, runtime: str | None = None
) -> ContainerConfig:
    """The sandbox of a team's code; image and runtime are the runner's own unless the phase names others."""
    tmpfs = {
        "/submission": _tmpfs(limits.unpacked_limit_bytes, optimizer_uid(cpu)),
        "/tmp": _tmpfs(limits.tmp_limit_bytes, optimizer_uid(cpu)),  # noqa: S108 - the container's own
    }
    config = _config(settings, image or settings.optimizer_image, cpu, optimizer_uid(cpu), tmpfs, "optimizer")
    config["HostConfig"] |= {
        "Runtime": runtime or settings.sandbox_runtime,
        "Memory": limits.memory_limit_bytes,
        "MemorySwap": limits.memory_limit_bytes,  # memory and swap together: so no swap
        "PidsLimit": limits.pids_limit,
        "CpuShares": OPTIMIZER_CPU_SHARES,
        "OomScoreAdj": OPTIMIZER_OOM_SCORE,
    }
    file_size = max(limits.unpacked_limit_bytes, limits.tmp_limit_bytes)
    config["HostConfig"]["Ulimits"].append({"Name": "fsize", "Soft": file_size, "Hard": file_size})
    return config


def blackbox_config(settings: Settings, cpu: int) -> ContainerConfig:
    """The container of the trusted side: it evaluates points a team chose, so it is confined as well."""
    uid = FIRST_BLACKBOX_UID + cpu
    tmpfs = {"/tmp": _tmpfs(BLACKBOX_TMP_BYTES, uid)}  # noqa: S108 - the container's own
    config = _config(settings, settings.blackbox_image, cpu, uid, tmpfs, "blackbox")
    config["Env"].append("PYTHONWARNINGS=ignore")
    config["HostConfig"] |= {
        "Memory": BLACKBOX_MEMORY_BYTES,
        "MemorySwap": BLACKBOX_MEMORY_BYTES,
        "PidsLimit": BLACKBOX_PIDS,
    }
    return config


def optimizer_uid(cpu: int) -> int:
    """The unprivileged uid of the optimizer container that runs on this CPU."""
    return FIRST_OPTIMIZER_UID + cpu


def _tmpfs(size_bytes: int, uid: int) -> str:
    """Mount options; `exec`, because wheels bring shared objects."""
    return f"rw,nosuid,nodev,exec,size={size_bytes},nr_inodes={INODES_LIMIT},mode=0700,uid={uid},gid={uid}"


def _config(settings: Settings, image: str, cpu: int, uid: int, tmpfs: dict[str, str], role: str) -> ContainerConfig:
    return {
        "Image": image,
        "Entrypoint": ["python", "-u", "/opt/arena/main.py"],
        "WorkingDir": "/tmp",  # noqa: S108 - the container's own
        "Hostname": role,
        "User": f"{uid}:{uid}",
        "Env": [f"{name}={value}" for name, value in ENVIRONMENT.items()],
        "Labels": {RUNNER_LABEL: settings.runner_id, ROLE_LABEL: role},
        "OpenStdin": True,
        "StdinOnce": True,  # the runner's death ends stdin, and so the container
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "HostConfig": {
            "Runtime": settings.sandbox_runtime,
            "NetworkMode": "none",
            "IpcMode": "private",
            "CgroupnsMode": "private",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges", f"seccomp={PROFILE}"],
            "Tmpfs": tmpfs,
            "ShmSize": SHARED_MEMORY_BYTES,
            "CpusetCpus": str(cpu),
            "Ulimits": [
                {"Name": "core", "Soft": 0, "Hard": 0},
                {"Name": "nofile", "Soft": OPEN_FILES_LIMIT, "Hard": OPEN_FILES_LIMIT},
            ],
            "LogConfig": {"Type": "none", "Config": {}},  # what it writes is read from the attached stream only
        },
    }


SELF_TEST_LIMITS = Limits(
    memory_limit_bytes=256 * MEGABYTE,
    unpacked_limit_bytes=16 * MEGABYTE,
    tmp_limit_bytes=16 * MEGABYTE,
    pids_limit=32,
)
"""Small, so that running into them takes no time."""


def find_faults(facts: dict[str, Any], limits: Limits, cpu: int, runtime: str) -> list[str]:
    """What is wrong with a sandbox, seen from inside; none if it is what `optimizer_config` asked for."""
    expected = {
        "uid": optimizer_uid(cpu),
        "gid": optimizer_uid(cpu),
        "root_writable": [],
        "submission_writable": True,
        "tmp_writable": True,
        "network_reachable": False,
        "capabilities": 0,
        "core_limit": 0,
        "engine_socket": False,
        "open_files_limit": OPEN_FILES_LIMIT,
        "forbidden_calls": [],
    }
    if runtime == "runc":  # other runtimes bring a kernel of their own, which states these differently
        expected |= {"interfaces": ["lo"], "no_new_privileges": "1", "seccomp": "2", "cpus": [cpu]}
        expected["memory_limit"] = limits.memory_limit_bytes
        # Version 1 of control groups limits memory and swap together, version 2 swap alone.
        allowed_swap = {limits.memory_limit_bytes, 0}
        if (found := facts.get("swap_limit")) not in allowed_swap:
            expected["swap_limit"] = f"one of {sorted(allowed_swap)} (is swap accounted for?), not {found}"
    at_most = {"processes": limits.pids_limit, "tmp_bytes": limits.tmp_limit_bytes}
    faults = [
        f"{name}: expected {value!r}, got {facts.get(name)!r}"
        for name, value in expected.items()
        if facts.get(name) != value
    ]
    return faults + [
        f"{name}: expected at most {limit}, got {facts.get(name)!r}"
        for name, limit in at_most.items()
        if not 0 < facts.get(name, 0) <= limit
    ]
