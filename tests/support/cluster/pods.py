"""What became of runners' pods over time, as the API told it, not as it was when somebody looked."""

import threading
import time
from datetime import UTC, datetime

import httpx

from tests.support.cluster.keda_stand_in import end_of
from tests.support.cluster.kubernetes import CORE, JOBS, RUNNERS, Kubernetes, Thing
from tests.support.cluster.platform import wait_for
from tests.support.waiting import LIMIT_S

ENDED = ("Succeeded", "Failed")


class PodWatch:
    """Follows every change of the pods of runners; `most` is how many there were at one time that had not ended."""

    def __init__(self, kubernetes: Kubernetes) -> None:
        self.most = 0
        self.started: dict[str, datetime] = {}
        self.nodes: dict[str, str] = {}
        self._kubernetes = kubernetes
        self._living: set[str] = set()
        self._stopping = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)  # reads until the proxy ends

    def __enter__(self) -> "PodWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True

    @property
    def living(self) -> frozenset[str]:
        """The names of the pods that have not ended."""
        with self._changed:
            return frozenset(self._living)

    def wait_for(self, count: int, *, limit_s: float = LIMIT_S) -> None:
        """Return when as many pods live."""
        with self._changed:
            reached = self._changed.wait_for(lambda: len(self._living) == count, timeout=limit_s)
            assert reached, f"expected {count} pods of runners within {limit_s:g} s, got {sorted(self._living)}"

    def wait_until_none_runs(self) -> None:
        """Return when no pod lives, and every Job says that it has ended, which it does a moment later."""
        self.wait_for(0)
        wait_for(
            lambda: all(end_of(job) for job in self._kubernetes.every(JOBS, "jobs", RUNNERS)), "every Job has ended"
        )

    def _run(self) -> None:
        while not self._stopping:
            try:
                for change in self._kubernetes.changes(CORE, "pods", RUNNERS):
                    self._record(change["type"], change["object"])
            except httpx.HTTPError:  # the API server ends every watch after a while
                time.sleep(0.2)

    def _record(self, kind: str, pod: Thing) -> None:
        if kind == "ERROR":
            return
        name = pod["metadata"]["name"]
        with self._changed:
            if kind == "DELETED" or pod["status"]["phase"] in ENDED:
                self._living.discard(name)
            else:
                self._living.add(name)
                self.started.setdefault(name, datetime.now(UTC))
            if node := pod["spec"].get("nodeName"):
                self.nodes[name] = node
            self.most = max(self.most, len(self._living))
            self._changed.notify_all()
