"""Which exchanges and queues there are, which messages reach which queue, and what each service may do with them."""

from dataclasses import dataclass
from typing import Any

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
from shared.shard_class import ShardClass

EXCHANGE = "arena"
DEAD_EXCHANGE = "arena.dead"
CONSUMER_TIMEOUT_MS = 14 * 24 * 3600 * 1000
"""A shard is acknowledged when its studies are done, which may take longer than the broker's default of 30 minutes."""


@dataclass(frozen=True)
class WorkQueue:
    """A durable quorum queue, and the messages that reach it by their routing keys.

    `part` is what follows the messages' keys where several queues share them.
    """

    name: str
    messages: tuple[type[Message], ...]
    part: str = ""

    @property
    def keys(self) -> dict[str, type[Message]]:
        """The messages by routing key."""
        return {message.key + self.part: message for message in self.messages}


SUBMISSIONS = WorkQueue("arena.submissions", (SubmissionAccepted, SubmissionEnded))
RESULTS = WorkQueue("arena.results", (StudyFinished, StudyFatal))
DISPATCH = WorkQueue("arena.dispatch", (ShardUnfinished, ShardsFinished, RunnerHeartbeat))
WORK_QUEUES = (SUBMISSIONS, RESULTS, DISPATCH)
"""Those that the broker has by itself, see the definitions."""
DEAD = WorkQueue("arena.dead", ())
"""Messages set aside; read by the organizer, consumed by nobody."""

SHARD_QUEUES = "arena.shards."
"""What the names of the queues of shards begin with. There is one for each class, declared by who uses it."""
SHARD_QUEUE_EXPIRES_MS = 14 * 24 * 3600 * 1000
"""A queue that nobody declares, reads or looks at for so long is gone: that of an image that was replaced, say."""
SHARD_DELIVERY_LIMIT = 1_000_000
"""Runners give back what they have no room for; RabbitMQ 4 would by default take that for failures."""


def shard_queue(shard_class: ShardClass) -> WorkQueue:
    """Return the queue of a class of shards."""
    return WorkQueue(SHARD_QUEUES + shard_class.name, (ShardReleased,), part=f".{shard_class.name}")


def queue_arguments(queue: WorkQueue) -> dict[str, Any]:
    """Return the arguments with which a queue is declared."""
    dead = {} if queue is DEAD else {"x-dead-letter-exchange": DEAD_EXCHANGE}
    lived = {"x-expires": SHARD_QUEUE_EXPIRES_MS, "x-delivery-limit": SHARD_DELIVERY_LIMIT} if queue.part else {}
    return {"x-queue-type": "quorum", **dead, "x-consumer-timeout": CONSUMER_TIMEOUT_MS, **lived}


@dataclass(frozen=True)
class BrokerUser:
    """A service as the broker knows it, and everything that it may do there.

    What a service listens to comes to queues of its own, `arena.<its name>.<anything>`, each of one process alone. Who
    declares a queue with dead letters must by RabbitMQ's rules be allowed to read it.
    """

    name: str
    publishes: tuple[type[Message], ...]
    consumes: tuple[WorkQueue, ...] = ()
    listens: tuple[type[Message], ...] = ()
    declares_shard_queues: bool = False


GATEWAY = BrokerUser(
    "gateway",
    # Everything, because the organizer may send any dead letter once more, and announcements are set aside, too.
    publishes=(
        *(PhaseChanged, LogStreamRequested, LogWritten, ShardsRevoked, ShardReleased),
        *(message for queue in WORK_QUEUES for message in queue.messages),
    ),
    consumes=(DEAD,),
    listens=(PhaseChanged, LogWritten),
)
DISPATCHER = BrokerUser(
    "dispatcher",
    publishes=(ShardReleased, ShardsRevoked, SubmissionEnded, PhaseChanged),
    consumes=(SUBMISSIONS, DISPATCH),
    declares_shard_queues=True,
)
RUNNER = BrokerUser(
    "runner",
    publishes=(StudyFinished, StudyFatal, ShardUnfinished, RunnerHeartbeat, LogWritten),
    listens=(SubmissionEnded, ShardsRevoked, LogStreamRequested),
    declares_shard_queues=True,
)
AGGREGATOR = BrokerUser(
    "aggregator",
    # The gateway's, too: whoever relays the outbox publishes what is in it.
    publishes=(SubmissionAccepted, SubmissionEnded, PhaseChanged, ShardsFinished),
    consumes=(RESULTS,),
)
BROKER_USERS = (GATEWAY, DISPATCHER, RUNNER, AGGREGATOR)
