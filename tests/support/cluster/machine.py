"""The cluster that runs on this machine: faults and measurements that only its owner can make."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.cluster.kubernetes import Thing

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "arena" / "cluster"
CONTROL_GROUPS = Path("/sys/fs/cgroup/cpuacct")
CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
SWITCH = "arena-switch"
QUALITIES_OF_SERVICE = ("", "burstable", "besteffort")


def is_ours() -> bool:
    """Whether the cluster is this machine's own."""
    return os.environ.get("KUBECONFIG") == str(CACHE / "kubeconfig")


@contextmanager
def unplugged(node: str) -> Iterator[None]:
    """A node without its cable; what it does goes on."""
    _switch(node, "down")
    try:
        yield
    finally:
        _switch(node, "up")


def _switch(node: str, state: str) -> None:
    subprocess.run(["ip", "-n", SWITCH, "link", "set", node, state], check=True)


def cpu_of_pod(pod: Thing) -> float:
    """Return the seconds of CPU that a pod has used."""
    node, uid = pod["spec"]["nodeName"], pod["metadata"]["uid"]
    pods = CONTROL_GROUPS / f"arena-{node}" / "kubepods"
    for group in (pods / quality / f"pod{uid}" for quality in QUALITIES_OF_SERVICE):
        if group.exists():
            return _used(group)
    raise AssertionError(f"expected a control group of pod {uid} under {pods}, got none")


def cpu_of_kubernetes() -> float:
    """Return the seconds of CPU that the control plane and the nodes have used without their pods."""
    ticks = 0
    for part in CONTROL_PLANE:
        pid = (CACHE / "run" / f"{part}.pid").read_text().strip()
        fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime, stime
    nodes = sum(_used(node) - _used(node / "kubepods") for node in CONTROL_GROUPS.glob("arena-node*"))
    return ticks / os.sysconf("SC_CLK_TCK") + nodes


def _used(group: Path) -> float:
    return int((group / "cpuacct.usage").read_text()) / 1e9


def containers_of_studies() -> list[str]:
    """Return what is left of containers in the data roots of runners' own engines, which outlive their pods."""
    return [str(each) for each in (CACHE / "disks").glob("node*/engine/containers/*")]
