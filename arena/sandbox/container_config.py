"""What each container may do, as the engine's own configuration; no I/O here."""

from dataclasses import dataclass
from typing import Any

from arena.sandbox.fixed_limits import (
    BLACKBOX_MEMORY_BYTES,
    INODES_LIMIT,
    OPEN_FILES_LIMIT,
    SHARED_MEMORY_BYTES,
)
from arena.sandbox.seccomp import OWN_KERNEL_PROFILE, PROFILE
from arena.sandbox.settings import SandboxSettings
from arena.words.limits import Limits

ContainerConfig = dict[str, Any]

OWNER_LABEL = "arena.runner"
ROLE_LABEL = "arena.role"
CPU_LABEL = "arena.cpu"

MEGABYTE = 1024**2
BLACKBOX_TMP_BYTES = 256 * MEGABYTE
BLACKBOX_PIDS = 256
CLAIM_MEMORY_BYTES = 32 * MEGABYTE
CLAIM_PIDS = 8
TRUSTED_RUNTIME = "runc"
"""Of containers in which no code of a team runs; every engine has it, and none starts sooner."""
RUNTIME_PIDS = 64
"""Threads of a runtime with a kernel of its own, which the host counts together with the optimizer's."""
NOBODY = 65_534
OPTIMIZER_OOM_SCORE = 1000
"""When the host itself runs out of memory, it takes optimizers first."""
OPTIMIZER_CPU_SHARES = 256
"""A quarter of the default weight: an optimizer that computes while its suggestions are evaluated gains little."""

FIRST_OPTIMIZER_UID = 61_000
FIRST_BLACKBOX_UID = 62_000
UIDS_OF_A_SHARER = 2_000
"""A uid for each CPU, sharer and side, because the kernel counts some resources by uid, across containers."""

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "GIT_PYTHON_REFRESH": "quiet",
    "HOME": "/tmp",  # noqa: S108 - the container's own tmpfs
    "USER": "arena",
    "LOGNAME": "arena",
    "LANG": "C.UTF-8",
}
THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
    "NUMBA_NUM_THREADS",
)
"""With which libraries are told how many threads to use: as many as the container has CPUs."""


@dataclass(frozen=True)
class Cpu:
    """A CPU of the engine's machine to which a slot's containers are pinned.

    `sharer` is 0 for the first slot on a CPU; others that share it count from 1, and have uids of their own.
    """

    number: int
    sharer: int = 0

    @property
    def optimizer_uid(self) -> int:
        """The unprivileged uid of the optimizer container that runs here."""
        return FIRST_OPTIMIZER_UID + UIDS_OF_A_SHARER * self.sharer + self.number

    @property
    def blackbox_uid(self) -> int:
        """The unprivileged uid of the black-box container that runs here."""
        return FIRST_BLACKBOX_UID + UIDS_OF_A_SHARER * self.sharer + self.number


def optimizer_config(
    settings: SandboxSettings,
    image: str,
    limits: Limits,
    cpu: Cpu,
    *,
    second: Cpu | None = None,
    runtime: str | None = None,
) -> ContainerConfig:
    """The sandbox of a team's code in an environment's image; the settings' runtime, unless another is named.

    It has the uid of its first CPU, whether or not there is a second.
    """
    tmpfs = {  # the zip lies beside its files until they are unpacked
        "/submission": _tmpfs(limits.unpacked_limit_bytes + limits.zip_limit_bytes, cpu.optimizer_uid),
        "/tmp": _tmpfs(limits.tmp_limit_bytes, cpu.optimizer_uid),  # noqa: S108 - the container's own
    }
    runtime = runtime or settings.sandbox_runtime
    config = _config(settings, image, cpu, cpu.optimizer_uid, tmpfs, "optimizer", runtime)
    numbers = cpu_numbers(cpu, second)
    config["Env"] = _environment(len(numbers))
    config["HostConfig"] |= {
        "CpusetCpus": ",".join(map(str, numbers)),
        "Memory": limits.memory_limit_bytes,
        "MemorySwap": limits.memory_limit_bytes,  # memory and swap together: so no swap
        "PidsLimit": pids_limit(limits, runtime),
        "CpuShares": OPTIMIZER_CPU_SHARES,
        "OomScoreAdj": OPTIMIZER_OOM_SCORE,
    }
    file_size = max(limits.unpacked_limit_bytes, limits.zip_limit_bytes, limits.tmp_limit_bytes)
    config["HostConfig"]["Ulimits"].append({"Name": "fsize", "Soft": file_size, "Hard": file_size})
    return config


def blackbox_config(settings: SandboxSettings, cpu: Cpu, image: str | None = None) -> ContainerConfig:
    """The container of the trusted side: it evaluates points a team chose, so it is confined as well.

    `image` is a problem family's; without one, it is that of Bayesmark's own family.
    """
    uid = cpu.blackbox_uid
    tmpfs = {"/tmp": _tmpfs(BLACKBOX_TMP_BYTES, uid)}  # noqa: S108 - the container's own
    image = image or settings.blackbox_image
    config = _config(settings, image, cpu, uid, tmpfs, "blackbox", settings.sandbox_runtime)
    config["Env"].append("PYTHONWARNINGS=ignore")
    config["HostConfig"] |= {
        "Memory": BLACKBOX_MEMORY_BYTES,
        "MemorySwap": BLACKBOX_MEMORY_BYTES,
        "PidsLimit": BLACKBOX_PIDS,
    }
    return config


def claim_config(settings: SandboxSettings, cpu: Cpu) -> ContainerConfig:
    """The container that stands for a claim of a CPU: it idles until its standard input ends, and is then gone."""
    config = _config(settings, settings.blackbox_image, cpu, NOBODY, {}, "cpu", TRUSTED_RUNTIME)
    config["Entrypoint"] = ["sh", "-c", "echo ready; exec cat"]
    config["HostConfig"] |= {
        "AutoRemove": True,
        "CpusetCpus": "",
        "Memory": CLAIM_MEMORY_BYTES,
        "MemorySwap": CLAIM_MEMORY_BYTES,
        "PidsLimit": CLAIM_PIDS,
    }
    return config


def group_config(settings: SandboxSettings, cpu: Cpu) -> ContainerConfig:
    """The container that says, in a line after its first, in which control groups the engine puts containers."""
    config = _config(settings, settings.blackbox_image, cpu, NOBODY, {}, "group", TRUSTED_RUNTIME)
    config["Entrypoint"] = ["sh", "-c", r"echo ready; tr '\n' ' ' </proc/self/cgroup; echo; exec cat"]
    config["HostConfig"] |= {
        "CgroupnsMode": "host",  # the engine's; in one of its own, it would see no more than itself
        "CpusetCpus": "",
        "Memory": CLAIM_MEMORY_BYTES,
        "MemorySwap": CLAIM_MEMORY_BYTES,
        "PidsLimit": CLAIM_PIDS,
    }
    return config


def pids_limit(limits: Limits, runtime: str) -> int:
    """Return how many processes and threads the host lets a sandbox have, so that its optimizer may have its own."""
    return limits.pids_limit + (0 if has_hosts_kernel(runtime) else RUNTIME_PIDS)


def has_hosts_kernel(runtime: str) -> bool:
    """Return whether a sandbox of this runtime runs on the host's kernel, which then states the limits inside, too."""
    return runtime == "runc"


def cpu_numbers(cpu: Cpu, second: Cpu | None = None) -> list[int]:
    """Return the numbers of the CPUs of a container; one, where two sharers of the same CPU run it."""
    return sorted({each.number for each in (cpu, second) if each is not None})


def claim_name(cpu: Cpu) -> str:
    """Return the name of the container that stands for a claim of a CPU, which the engine gives to one only."""
    return f"arena-cpu-{cpu.number}" + (f"-{cpu.sharer}" if cpu.sharer else "")


def _environment(threads: int) -> list[str]:
    return [f"{name}={value}" for name, value in (ENVIRONMENT | dict.fromkeys(THREADS, threads)).items()]


def _tmpfs(size_bytes: int, uid: int) -> str:
    """Mount options; `exec`, because wheels bring shared objects."""
    return f"rw,nosuid,nodev,exec,size={size_bytes},nr_inodes={INODES_LIMIT},mode=0700,uid={uid},gid={uid}"


def _config(
    settings: SandboxSettings, image: str, cpu: Cpu, uid: int, tmpfs: dict[str, str], role: str, runtime: str
) -> ContainerConfig:
    profile = PROFILE if has_hosts_kernel(runtime) else OWN_KERNEL_PROFILE
    return {
        "Image": image,
        "Entrypoint": ["python", "-u", "/opt/arena/main.py"],
        "WorkingDir": "/tmp",  # noqa: S108 - the container's own
        "Hostname": role,
        "User": f"{uid}:{uid}",
        "Env": _environment(1),
        "Labels": {OWNER_LABEL: settings.owner, ROLE_LABEL: role, CPU_LABEL: str(cpu.number)},
        "OpenStdin": True,
        "StdinOnce": True,  # the runner's death ends stdin, and so the container
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "HostConfig": {
            "Runtime": runtime,
            "NetworkMode": "none",
            "IpcMode": "private",
            "CgroupnsMode": "private",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges", f"seccomp={profile}"],
            "Tmpfs": tmpfs,
            "ShmSize": SHARED_MEMORY_BYTES,
            "CpusetCpus": str(cpu.number),
            "Ulimits": [
                {"Name": "core", "Soft": 0, "Hard": 0},
                {"Name": "nofile", "Soft": OPEN_FILES_LIMIT, "Hard": OPEN_FILES_LIMIT},
            ],
            "LogConfig": {"Type": "none", "Config": {}},  # what it writes is read from the attached stream only
        },
    }
