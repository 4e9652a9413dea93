"""Which exchanges and queues there are, and which messages reach which queue."""

from dataclasses import dataclass

from shared.messages import (
    Message,
    RunnerHeartbeat,
    ShardReleased,
    ShardsFinished,
    ShardUnfinished,
    StudyFatal,
    StudyFinished,
    SubmissionAccepted,
    SubmissionEnded,
)

EXCHANGE = "arena"
DEAD_EXCHANGE = "arena.dead"
CONSUMER_TIMEOUT_MS = 14 * 24 * 3600 * 1000
"""A shard is acknowledged when its studies are done, which may take longer than the broker's default of 30 minutes."""


@dataclass(frozen=True)
class WorkQueue:
    """A durable quorum queue, and the messages that reach it by their routing keys."""

    name: str
    messages: tuple[type[Message], ...]


SUBMISSIONS = WorkQueue("arena.submissions", (SubmissionAccepted, SubmissionEnded))
SHARDS = WorkQueue("arena.shards", (ShardReleased,))
RESULTS = WorkQueue("arena.results", (StudyFinished, StudyFatal))
DISPATCH = WorkQueue("arena.dispatch", (ShardUnfinished, ShardsFinished, RunnerHeartbeat))
WORK_QUEUES = (SUBMISSIONS, SHARDS, RESULTS, DISPATCH)
DEAD = WorkQueue("arena.dead", ())
"""Messages set aside; read by the organizer, consumed by nobody."""
