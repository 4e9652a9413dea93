"""A stand-in for KEDA, which cannot be had here: its documented rule for ScaledJobs, applied to those in the cluster.

https://keda.sh/docs/latest/reference/scaledjob-spec/: every `pollingInterval` seconds KEDA reads the trigger, here
`metrics-api`, and under the strategy `default` creates min(maxReplicaCount, ceil(value / targetValue)) Jobs, less those
that run. It never deletes one that runs; of those that have ended it keeps as many as the limits of history say.
"""

import logging
import threading
from collections.abc import Mapping
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.support.cluster.kubernetes import JOBS, RUNNERS, SCALED_JOBS, Kubernetes, Thing

HISTORY = {"Complete": "successfulJobsHistoryLimit", "Failed": "failedJobsHistoryLimit"}
LABEL = "scaledjob.keda.sh/name"


def count_new_jobs(value: float, target: float, limit: int, running: int) -> int:
    """How many Jobs the strategy `default` creates."""
    return max(0, min(limit, ceil(value / target)) - running)


def end_of(job: Thing) -> str | None:
    """How a Job has ended; None while it runs, as KEDA sees it: its pod may not even be scheduled."""
    conditions = job.get("status", {}).get("conditions", [])
    return next((each["type"] for each in conditions if each["type"] in HISTORY and each["status"] == "True"), None)


def read_trigger(kubernetes: Kubernetes, trigger: Mapping[str, Any]) -> float:
    """Ask the service that the trigger names for its value."""
    assert trigger["type"] == "metrics-api"
    url = urlsplit(trigger["metadata"]["url"])
    service, namespace = str(url.hostname).split(".")[:2]
    answer: Any = kubernetes.ask_service(service, namespace, url.port or 80, url.path)
    for part in trigger["metadata"]["valueLocation"].split("."):
        answer = answer[part]
    return float(answer)


def forget_ended(kubernetes: Kubernetes, spec: Mapping[str, Any], jobs: list[Thing]) -> None:
    """Delete the oldest of the Jobs that have ended."""
    for end, limit in HISTORY.items():
        ended = sorted(
            (job for job in jobs if end_of(job) == end), key=lambda job: job["metadata"]["creationTimestamp"]
        )
        for job in ended[: max(0, len(ended) - spec.get(limit, 100))]:
            kubernetes.delete(JOBS, "jobs", RUNNERS, job["metadata"]["name"])


def scale(kubernetes: Kubernetes, scaled_job: Thing) -> int:
    """Create the Jobs that are missing now, and return how many those were."""
    spec, name = scaled_job["spec"], scaled_job["metadata"]["name"]
    assert spec.get("scalingStrategy", {}).get("strategy", "default") == "default"
    [trigger] = spec["triggers"]
    value, target = read_trigger(kubernetes, trigger), float(trigger["metadata"]["targetValue"])
    jobs = kubernetes.every(JOBS, "jobs", RUNNERS)
    forget_ended(kubernetes, spec, jobs)
    running = sum(end_of(job) is None for job in jobs)
    given = scaled_job["metadata"].get("annotations", {})
    annotations = {key: text for key, text in given.items() if not key.startswith("kubectl.kubernetes.io/")}
    metadata = {"generateName": f"{name}-", "labels": {LABEL: name}, "annotations": annotations}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec["jobTargetRef"]}
    missing = count_new_jobs(value, target, spec.get("maxReplicaCount", 100), running)
    for _ in range(missing):
        kubernetes.create(JOBS, "jobs", RUNNERS, job)
    return missing


class KedaStandIn:
    """Scales until stopped. What it could not read or create it tries again, as KEDA does.

    `steps` are the numbers of Jobs that it created at once.
    """

    def __init__(self, kubernetes: Kubernetes) -> None:
        self.steps: list[int] = []
        self._kubernetes = kubernetes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "KedaStandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        interval_s = 1.0
        while not self._stop.wait(interval_s):
            try:
                for scaled_job in self._kubernetes.every(SCALED_JOBS, "scaledjobs", RUNNERS):
                    interval_s = scaled_job["spec"].get("pollingInterval", 30)
                    if created := scale(self._kubernetes, scaled_job):
                        self.steps.append(created)
            except httpx.HTTPError as error:
                logging.getLogger(__name__).warning("not scaled: %r", error)
