"""States and verdicts: the words that tables, messages, routes and pages share."""

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """Why a submission ended as it did."""

    SCORED = "scored"
    CANCELLED = "cancelled"
    DOES_NOT_LOAD = "does_not_load"
    LOAD_TIMED_OUT = "load_timed_out"
    CONSTRUCTOR_RAISED = "constructor_raised"
    PROCESS_DIED = "process_died"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_FLOOD = "output_flood"
    PROTOCOL_BROKEN = "protocol_broken"
    OUT_OF_RANGE = "out_of_range"
    WRONG_COUNT = "wrong_count"
    PLATFORM_FAULT = "platform_fault"


class Responsibility(StrEnum):
    """Who is responsible for a failure: the team's code was wrong, it ran into a limit, or the platform failed."""

    TEAM = "team"
    LIMIT = "limit"
    PLATFORM = "platform"


class Meaning(NamedTuple):
    """What a verdict tells the team, and who is responsible; None for an end that is no failure."""

    fault: Responsibility | None
    sentence: str


VERDICTS: dict[Verdict, Meaning] = {
    Verdict.SCORED: Meaning(None, "Every study finished; the score is final."),
    Verdict.CANCELLED: Meaning(None, "The submission was cancelled; its remaining studies were dropped."),
    Verdict.DOES_NOT_LOAD: Meaning(
        Responsibility.TEAM,
        "The zip does not load: it could not be unpacked or installed, or optimizer.py raised an exception, "
        "or left open what the optimizer is.",
    ),
    Verdict.LOAD_TIMED_OUT: Meaning(
        Responsibility.LIMIT, "Unpacking, installing and importing the zip took longer than a study may take."
    ),
    Verdict.CONSTRUCTOR_RAISED: Meaning(Responsibility.TEAM, "The optimizer's constructor raised an exception."),
    Verdict.PROCESS_DIED: Meaning(Responsibility.TEAM, "The optimizer's process ended before its study was finished."),
    Verdict.OUT_OF_MEMORY: Meaning(
        Responsibility.LIMIT, "The optimizer needed more memory than its container is allowed."
    ),
    Verdict.OUTPUT_FLOOD: Meaning(Responsibility.LIMIT, "The optimizer's process wrote more than may be read from it."),
    Verdict.PROTOCOL_BROKEN: Meaning(
        Responsibility.TEAM, "The optimizer's process sent something that does not answer what it was asked."
    ),
    Verdict.OUT_OF_RANGE: Meaning(Responsibility.TEAM, "The optimizer suggested a point outside the search space."),
    Verdict.WRONG_COUNT: Meaning(Responsibility.TEAM, "The optimizer returned a wrong number of suggestions."),
    Verdict.PLATFORM_FAULT: Meaning(
        Responsibility.PLATFORM, "The platform failed to run this submission; it does not count against the quota."
    ),
}

FATAL_VERDICTS = frozenset(
    each for each, meaning in VERDICTS.items() if meaning.fault in {Responsibility.TEAM, Responsibility.LIMIT}
)
"""The verdicts with which one study ends the whole submission."""
