"""Which exchanges and queues there are, which messages reach which queue, and what each service may do with them."""

from dataclasses import dataclass

from shared.messages import (
    LogStreamRequested,
    LogWritten,
    Message,
    PhaseChanged,
    RunnerHeartbeat,
    ShardReleased,
    ShardsFinished,
    ShardsRevoked,
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


@dataclass(frozen=True)
class BrokerUser:
    """A service as the broker knows it, and everything that it may do there.

    What a service listens to comes to queues of its own, `arena.<its name>.<anything>`, each of one process alone.
    """

    name: str
    publishes: tuple[type[Message], ...]
    consumes: tuple[WorkQueue, ...] = ()
    listens: tuple[type[Message], ...] = ()


GATEWAY = BrokerUser(
    "gateway",
    # Everything, because the organizer may send any dead letter once more, and announcements are set aside, too.
    publishes=(
        *(PhaseChanged, LogStreamRequested, LogWritten, ShardsRevoked),
        *(message for queue in WORK_QUEUES for message in queue.messages),
    ),
    consumes=(DEAD,),
    listens=(PhaseChanged, LogWritten),
)
DISPATCHER = BrokerUser(
    "dispatcher",
    publishes=(ShardReleased, ShardsRevoked, SubmissionEnded, PhaseChanged),
    consumes=(SUBMISSIONS, DISPATCH),
)
RUNNER = BrokerUser(
    "runner",
    publishes=(StudyFinished, StudyFatal, ShardUnfinished, RunnerHeartbeat, LogWritten),
    consumes=(SHARDS,),
    listens=(SubmissionEnded, ShardsRevoked, LogStreamRequested),
)
AGGREGATOR = BrokerUser(
    "aggregator",
    # The gateway's, too: whoever relays the outbox publishes what is in it.
    publishes=(SubmissionAccepted, SubmissionEnded, PhaseChanged, ShardsFinished),
    consumes=(RESULTS,),
)
BROKER_USERS = (GATEWAY, DISPATCHER, RUNNER, AGGREGATOR)
