"""Operating the platform: health, runners, the queue, incidents and dead letters."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from arena.api.body import Body, Page, example, example_of
from arena.api.submissions import Submission
from arena.words.execution import Provenance
from arena.words.states import ExecutionOutcome, RunnerState, ShardState


class Health(Body):
    """Says that the process answers."""

    model_config = example(status="ok")
    status: Literal["ok"] = "ok"


class Readiness(Body):
    """Whether a service can work, and for each unavailable part the reason."""

    model_config = example(status="unavailable", reasons={"broker": "the broker does not answer"})
    status: Literal["ok", "unavailable"]
    reasons: dict[str, str]


class Backlog(Body):
    """The work that there is for runners: CPUs and shards in all, and CPUs by environment and by problem family.

    Each family of a competition's black boxes is there, with 0 where it has no work.
    """

    model_config = example(
        cpus=240, shards=210, environments={"small": 180, "modern": 60}, families={"sklearn": 240, "bbob": 0}
    )
    cpus: int
    shards: int
    environments: dict[str, int]
    families: dict[str, int]


class RunnerSummary(Body):
    """A runner, by its last report: `ready` is whether it takes work, `reason` what keeps it from all or some of it.

    Each slot has a CPU. `memory_bytes` is what it has for studies, if it says so. `environments` are those that it can
    run: the digest of the image by name.
    """

    model_config = example(
        id="runner-1",
        slots=2,
        memory_bytes=25769803776,
        environments={"small": f"sha256:{'9f86d081' * 8}"},
        ready=True,
        reason="",
        state="ready",
        seen_at="2026-07-09T08:31:00Z",
    )
    id: str
    slots: int
    memory_bytes: int | None
    environments: dict[str, str]
    ready: bool
    reason: str
    state: RunnerState
    seen_at: datetime


class RunnerPage(Page):
    """The runners, by name."""

    model_config = example(runners=[example_of(RunnerSummary)], next=None)
    runners: list[RunnerSummary]


class RunningShard(Body):
    """A shard that a runner holds now."""

    model_config = example(
        shard_id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        attempt=1,
        taken_at="2026-07-09T08:30:01Z",
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        team="Gaussians",
        phase="feedback",
        box="box-07",
        first_study=0,
        n_studies=1,
        studies_done=0,
    )
    shard_id: UUID
    attempt: int
    taken_at: datetime | None
    submission_id: UUID
    team: str
    phase: str
    box: str
    first_study: int
    n_studies: int
    studies_done: int


class BusyRunner(RunnerSummary):
    """A runner and the shards that it holds now."""

    model_config = example(**example_of(RunnerSummary), doing=[example_of(RunningShard)])
    doing: list[RunningShard]


class QueueDepth(Body):
    """How many submissions and shards wait or run, how long the oldest has waited, and how many slots there are."""

    model_config = example(
        submissions_queued=3,
        submissions_running=8,
        oldest_queued_at="2026-07-09T08:30:00Z",
        pending=210,
        released=4,
        running=16,
        incidents=0,
        oldest_shard_at="2026-07-09T08:12:00Z",
        slots=16,
    )
    submissions_queued: int
    submissions_running: int
    oldest_queued_at: datetime | None
    pending: int
    released: int
    running: int
    incidents: int
    oldest_shard_at: datetime | None
    slots: int


class Overview(Body):
    """The queue, each runner with the shards that it runs now, and the number of dead letters."""

    model_config = example(queue=example_of(QueueDepth), runners=[example_of(BusyRunner)], dead_letters=0)
    queue: QueueDepth
    runners: list[BusyRunner]
    dead_letters: int


class Incident(Body):
    """A shard that the platform failed too often, or that no runner can take; `detail` says what happened."""

    model_config = example(
        shard_id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        box="box-07",
        attempt=3,
        failures=3,
        changed_at="2026-07-09T08:31:00Z",
        detail="the container engine did not answer",
    )
    shard_id: UUID
    submission_id: UUID
    box: str
    attempt: int
    failures: int
    changed_at: datetime
    detail: str | None


class IncidentPage(Page):
    """Incidents, the oldest first."""

    model_config = example(incidents=[example_of(Incident)], next=None)
    incidents: list[Incident]


class RetriedIncident(Body):
    """A shard that waits for a runner again."""

    model_config = example(
        shard_id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10", submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7"
    )
    shard_id: UUID
    submission_id: UUID


class DeadLetter(Body):
    """A message that was set aside: the queue it was in, the reason, its routing key and the beginning of its body."""

    model_config = example(
        id="9f86d081884c7d659a2feaa0c55ad015",
        queue="results",
        reason="cannot be read: ...",
        key="study.finished",
        body="{}",
    )
    id: str
    queue: str | None
    reason: str | None
    key: str | None
    body: str


class DeadLetters(Body):
    """The oldest messages that were set aside.

    They are in a queue, so there is no cursor: raise `limit` to see more.
    """

    model_config = example(dead_letters=[example_of(DeadLetter)])
    dead_letters: list[DeadLetter]


class RetriedDeadLetter(Body):
    """A message that was sent again."""

    model_config = example(id="9f86d081884c7d659a2feaa0c55ad015", retried=True)
    id: str
    retried: bool


class ShardExecution(Body):
    """One ended attempt at a shard."""

    model_config = example(
        attempt=1,
        runner_id="runner-1",
        outcome="done",
        detail="",
        released_at="2026-07-09T08:30:00Z",
        ended_at="2026-07-09T08:31:00Z",
        provenance=None,
    )
    attempt: int
    runner_id: str | None
    outcome: ExecutionOutcome
    detail: str
    released_at: datetime | None
    ended_at: datetime
    provenance: Provenance | None


class InspectedShard(Body):
    """A shard of a submission: its black box, its studies, its state, and the attempts that have ended."""

    model_config = example(
        shard_id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        box="box-07",
        model="DT",
        dataset="iris",
        metric="acc",
        first_study=0,
        n_studies=1,
        studies_done=1,
        state="done",
        attempt=1,
        failures=0,
        runner_id="runner-1",
        executions=[example_of(ShardExecution)],
    )
    shard_id: UUID
    box: str
    model: str
    dataset: str
    metric: str
    first_study: int
    n_studies: int
    studies_done: int
    state: ShardState
    attempt: int
    failures: int
    runner_id: str | None
    executions: list[ShardExecution]


class SubmissionEvent(Body):
    """Something that happened to a submission."""

    model_config = example(at="2026-07-09T08:30:00Z", event="accepted", detail={})
    at: datetime
    event: str
    detail: dict[str, Any]


class InspectedSubmission(Submission):
    """A submission with its zip's hash, its priority, its shards and its history."""

    model_config = example(
        **{
            **example_of(Submission),
            "blob_sha256": "9f86d081884c7d65",
            "priority": 0,
            "shards": [example_of(InspectedShard)],
            "events": [example_of(SubmissionEvent)],
        }
    )
    blob_sha256: str
    priority: int
    shards: list[InspectedShard]
    events: list[SubmissionEvent]
