"""A submission with its shards, executions and history, for the organizer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from arena.api.body import Body, example, example_of
from arena.api.submissions import Submission
from arena.words.execution import Provenance
from arena.words.states import ExecutionOutcome, ShardState


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
