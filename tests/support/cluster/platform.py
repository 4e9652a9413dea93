"""Arena in a cluster, as an organizer reaches it, and competitions whose studies take moments."""

import base64
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from arena.api.executions import Execution, ExecutionPage
from arena.api.submissions import Submission
from arena.client.http import Client
from arena.words.states import SubmissionState
from tests.support.cluster.kubernetes import SERVICES, kubectl
from tests.support.end_to_end.competition import EXAMPLES
from tests.support.stack import free_port
from tests.support.waiting import LIMIT_S, SCORING_LIMIT_S

BOXES = [
    {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "acc"},
    {"label": "box-02", "model": "lasso", "dataset": "diabetes", "metric": "mse"},
    {"label": "box-03", "model": "DT", "dataset": "wine", "metric": "acc"},
]
BASELINE = "official"


def organizer_token() -> str:
    """Return the token that the gateway was given."""
    secret = json.loads(kubectl("get", "secret", "gateway", "--namespace", SERVICES, "--output", "json"))
    return base64.b64decode(secret["data"]["ARENA_ORGANIZER_TOKEN"]).decode()


@contextmanager
def forwarded_gateway() -> Iterator[str]:
    """Forward a port of this machine to a gateway, to another when its pod is gone; yields the URL."""
    port, ended = free_port(), threading.Event()
    forwards: list[subprocess.Popen[bytes]] = []

    def forward() -> None:
        while not ended.is_set():
            command = ["kubectl", "port-forward", "--namespace", SERVICES, "service/gateway", f"{port}:8000"]
            forwards.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            if ended.is_set():
                forwards[-1].terminate()
            forwards[-1].wait()
            ended.wait(0.5)

    thread = threading.Thread(target=forward)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        ended.set()
        for each in forwards:
            each.terminate()
        thread.join()


def wait_for(holds: Callable[[], object], what: str, *, limit_s: float = LIMIT_S) -> None:
    """Return as soon as `holds()` is true; fail when it isn't within `limit_s` seconds."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, f"did not come true within {limit_s:g} s: {what}"
        time.sleep(0.25)


class Platform:
    """An organizer's view of Arena on a cluster or on one machine."""

    def __init__(self, url: str, token: str) -> None:
        self.organizer = Client(url, token)

    def set_up(self, slug: str, **phase: Any) -> Client:
        """Create a competition of short studies, its phase with these changes, and return its team."""
        document = json.loads((EXAMPLES / "baselines" / "baseline-16-8.json").read_text())
        self.organizer.post("/api/v1/admin/baselines", {"name": BASELINE, "source": "file", "document": document})
        labels = [box["label"] for box in BOXES]
        short = {"name": "feedback", "baseline": BASELINE, "boxes": labels, "n_calls": 2, "n_suggestions": 2}
        document = {"name": slug, "seed": "of the cluster", "black_boxes": BOXES, "phases": [short | phase]}
        self.organizer.put(f"/api/v1/admin/competitions/{slug}", document)
        token = self.organizer.post(f"/api/v1/admin/competitions/{slug}/teams", {"name": "dice"}).json["token"]
        return Client(self.organizer.url, token)

    def submission(self, submission: str) -> Submission:
        """Return a submission as it is now."""
        return self.organizer.get(f"/api/v1/submissions/{submission}").parse(Submission)

    def wait_until_scored(self, submission: str) -> Submission:
        """Return a submission once it is scored; fail if it ends otherwise."""
        wait_for(lambda: self.submission(submission).ended_at, f"{submission} has ended", limit_s=SCORING_LIMIT_S)
        ended = self.submission(submission)
        assert ended.state == SubmissionState.SCORED, ended
        return ended

    def executions(self, submission: str) -> list[Execution]:
        """Return every attempt at a submission's shards."""
        answer = self.organizer.get_all("/api/v1/admin/executions", "executions", submission=submission)
        return answer.parse(ExecutionPage).executions

    def losses(self, slug: str, submission: str) -> dict[tuple[str, int], str]:
        """Return the losses of each study, by black box and number, every bit of them as text."""
        path = f"/api/v1/admin/competitions/{slug}/phases/feedback/export"
        with self.organizer.lines(path, submission=submission, only_losses=True) as lines:
            _, *studies = [json.loads(line) for line in lines]
        return {(each["box"], each["study"]): json.dumps([each["visible"], each["generalization"]]) for each in studies}
