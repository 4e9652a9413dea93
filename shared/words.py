"""States and verdicts: the words that tables, messages, routes and pages share."""

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


class ExecutionOutcome(StrEnum):
    """How one attempt at a shard ended."""

    DONE = "done"
    FATAL = "fatal"
    INFRASTRUCTURE_FAILURE = "infrastructure_failure"
    LEASE_EXPIRED = "lease_expired"
    MESSAGE_LOST = "message_lost"
    HANDED_BACK = "handed_back"


class Verdict(StrEnum):
    """Why a submission ended as it did."""

    SCORED = "scored"
    CANCELLED = "cancelled"
    DOES_NOT_LOAD = "does_not_load"
    CONSTRUCTOR_RAISED = "constructor_raised"
    PROCESS_DIED = "process_died"
    OUT_OF_MEMORY = "out_of_memory"
    PROTOCOL_BROKEN = "protocol_broken"
    OUT_OF_RANGE = "out_of_range"
    WRONG_COUNT = "wrong_count"
    PLATFORM_FAULT = "platform_fault"


VERDICT_SENTENCE: dict[Verdict, str] = {
    Verdict.SCORED: "Every study finished; the score is final.",
    Verdict.CANCELLED: "The submission was cancelled; its remaining studies were dropped.",
    Verdict.DOES_NOT_LOAD: (
        "The zip does not load: it could not be unpacked or installed, optimizer.py raised on import, "
        "or it does not define exactly one AbstractOptimizer subclass."
    ),
    Verdict.CONSTRUCTOR_RAISED: "The optimizer's constructor raised an exception.",
    Verdict.PROCESS_DIED: "The optimizer's process ended before its study was finished.",
    Verdict.OUT_OF_MEMORY: "The optimizer needed more memory than its container is allowed.",
    Verdict.PROTOCOL_BROKEN: "The optimizer's process sent something that is not an answer to what it was asked.",
    Verdict.OUT_OF_RANGE: "The optimizer suggested a point outside the search space.",
    Verdict.WRONG_COUNT: "The optimizer returned a wrong number of suggestions.",
    Verdict.PLATFORM_FAULT: "The platform failed to run this submission; it does not count against the quota.",
}

FATAL_VERDICTS = frozenset(
    {
        Verdict.DOES_NOT_LOAD,
        Verdict.CONSTRUCTOR_RAISED,
        Verdict.PROCESS_DIED,
        Verdict.OUT_OF_MEMORY,
        Verdict.PROTOCOL_BROKEN,
        Verdict.OUT_OF_RANGE,
        Verdict.WRONG_COUNT,
    }
)
"""The verdicts by which one study ends the whole submission (DESIGN 5)."""

VISIBLE, GENERALIZATION = "_visible_to_opt", "generalization"
"""Bayesmark's names of the two objectives (`SklearnModel.objective_names`)."""
