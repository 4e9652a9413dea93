"""States: the words that tables, messages, routes and pages share."""

from enum import StrEnum


class SubmissionState(StrEnum):
    """`queued -> running -> scored | failed | cancelled`; a submission may also end straight from `queued`."""

    QUEUED = "queued"
    RUNNING = "running"
    SCORED = "scored"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ShardState(StrEnum):
    """`pending -> released -> running -> done | dropped | incident`; a lost attempt goes back to `pending`."""

    PENDING = "pending"
    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"
    INCIDENT = "incident"


SHUTS_DOWN = "the runner shuts down"
"""Why a runner takes no work that was asked to end, or had none for long: the one reason that is no fault."""


class ExecutionOutcome(StrEnum):
    """How one attempt at a shard ended."""

    DONE = "done"
    FATAL = "fatal"
    INFRASTRUCTURE_FAILURE = "infrastructure_failure"
    LEASE_EXPIRED = "lease_expired"
    MESSAGE_LOST = "message_lost"
    HANDED_BACK = "handed_back"
    STOPPED = "stopped"
    """Its submission had ended: cancelled, or failed by another of its shards."""


class ExecutionState(StrEnum):
    """Where an execution is: under way as its shard is, or ended with an outcome."""

    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    FATAL = "fatal"
    INFRASTRUCTURE_FAILURE = "infrastructure_failure"
    LEASE_EXPIRED = "lease_expired"
    MESSAGE_LOST = "message_lost"
    HANDED_BACK = "handed_back"
    STOPPED = "stopped"


class Stage(StrEnum):
    """What an optimizer was doing."""

    LOAD = "load"
    CONSTRUCT = "construct"
    SUGGEST = "suggest"
    OBSERVE = "observe"


class PhaseKind(StrEnum):
    """What a phase is for; teams can only submit to those of kind `competition`."""

    COMPETITION = "competition"
    ORGANIZER_RUN = "organizer_run"
    RESCORING_CANDIDATE = "rescoring_candidate"
    ARCHIVED = "archived"


class RunnerState(StrEnum):
    """Whether a runner takes work, is alive but takes none, or has not been heard of for longer than a lease."""

    READY = "ready"
    NOT_READY = "not_ready"
    GONE = "gone"


class DataKind(StrEnum):
    """Data that scores and leaderboards do not need."""

    LOGS = "logs"
    SUGGESTIONS = "suggestions"
    ZIPS = "zips"


LOST_WITH: dict[DataKind, str] = {
    DataKind.LOGS: (
        "What optimizers wrote cannot be read any more, by anybody. Scores, replays and exports do not need it."
    ),
    DataKind.SUGGESTIONS: (
        "An export no longer says which points were suggested, and a replay compares losses alone. No loss, visible or "
        "generalization, can be checked against its point without running the optimizer again."
    ),
    DataKind.ZIPS: (
        "Submissions that failed or were cancelled cannot run again: no replay of their executions, and a rescoring "
        "leaves them out. Zips of scored submissions stay."
    ),
}
"""Said before anything is dropped."""


def dropped_text(kind: DataKind, at: str, by: str) -> str:
    """Return what stands wherever dropped data would be."""
    return f"The {kind} were dropped on {at} by {by}."
