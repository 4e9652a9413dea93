"""What a run of the cluster's tests measures, written to .arena/cluster/figures.json. Nothing of it is asserted."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tests.support.cluster import machine
from tests.support.cluster.kubernetes import CORE, SERVICES, Kubernetes


class CpuMeter:
    """What the services, and Kubernetes itself, have used since it was made; nothing is known of others' clusters."""

    def __init__(self, kubernetes: Kubernetes) -> None:
        self._kubernetes = kubernetes
        self._before = self._read()

    def used(self) -> dict[str, float]:
        """Return seconds of CPU by what used them; a pod that came later counts whole."""
        return {name: seconds - self._before.get(name, 0) for name, seconds in self._read().items()}

    def _read(self) -> dict[str, float]:
        if not machine.is_ours():
            return {}
        used = {"kubernetes": machine.cpu_of_kubernetes()}
        for pod in self._kubernetes.every(CORE, "pods", SERVICES):
            if pod["status"]["phase"] == "Running":
                name = pod["metadata"]["labels"]["app.kubernetes.io/name"]
                used[name] = used.get(name, 0) + machine.cpu_of_pod(pod)
        return used


class Figures:
    """The figures of this run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._figures: dict[str, object] = {}

    def add_burst(self, submitted: datetime, first_shards: Sequence[datetime]) -> None:
        """From a submission to when each runner took its first shard."""
        waits = sorted((taken - submitted).total_seconds() for taken in first_shards)
        self._add({"burst_to_first_study_s": waits[0], "burst_to_last_node_busy_s": waits[-1]})

    def add_cpu(self, seconds: dict[str, float], executions: int) -> None:
        """The CPU of all but runners while so many executions came and went."""
        each = {name: round(used / executions * 1000, 1) for name, used in seconds.items()}
        self._add({"cpu_s_per_1000_executions": each})

    def add_study_seconds(self, in_cluster: float, on_one_machine: float) -> None:
        """How long a runner had a shard, with one slot in all."""
        ratio = round(in_cluster / on_one_machine, 3)
        seconds = {"study_s_in_cluster": in_cluster, "study_s_on_one_machine": on_one_machine}
        self._add(seconds | {"study_cluster_over_one_machine": ratio})

    def _add(self, figures: Mapping[str, object]) -> None:
        self._figures.update(figures)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._figures, indent=2) + "\n")
